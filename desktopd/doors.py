"""Where the daemon listens: sockets for HTTP, the port for VNC viewers, the certificate of both.

Tested by tests/x11/test_daemon.py and tests/deploy/test_vnc_port.py.
"""

from __future__ import annotations

import logging
import socket
import ssl
from pathlib import Path

from desktopd.budgets import Budget, Budgets
from desktopd.config import Settings, is_loopback
from desktopd.errors import ListenError
from desktopd.http.serving.listening_sockets import bind_tcp, bind_unix
from desktopd.options import certificate_files
from desktopd.rfb.listeners.authentication import VncAuthenticator
from desktopd.rfb.listeners.password import VncPasswords
from desktopd.rfb.listeners.vnc_port import VncPort, listen
from desktopd.rfb.rfb_server import RfbServer
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.tls.certificate import Certificate
from desktopd.tls.self_signed import fingerprint

log = logging.getLogger(__name__)


def own_certificate(settings: Settings, folder: Path) -> tuple[Certificate | None, str]:
    """What https is served with, None for http; and its fingerprint where we have made it.

    Raises ListenError.
    """
    try:
        files = certificate_files(settings, folder)
        shown = fingerprint(files[0]) if files and settings.tls == "self-signed" else ""
    except OSError as error:
        raise ListenError(f"{error.filename}: {error.strerror}; make room there") from None
    return Certificate(*files) if files else None, shown


def http_sockets(settings: Settings) -> list[socket.socket]:
    """The sockets that the settings ask for; raises ListenError."""
    if settings.unix_socket is not None:
        return [bind_unix(settings.unix_socket)]
    return bind_tcp(settings.host, settings.port)


def vnc_port(
    settings: Settings,
    viewers: Viewers,
    rfb: RfbServer,
    shares: Budgets,
    tls: ssl.SSLContext | None,
) -> VncPort | None:
    """The port for VNC viewers, if there is to be one; raises ListenError."""
    if settings.vnc_port is None:
        return None
    passwords = None
    if settings.vnc_password is not None:
        view = settings.vnc_view_password
        passwords = VncPasswords(
            settings.vnc_password.get_secret_value(), view.get_secret_value() if view else None
        )
    where = f"vnc_host={settings.vnc_host!r} vnc_port={settings.vnc_port}"
    try:
        sock = listen(settings.vnc_host, settings.vnc_port)
    except OSError as error:
        raise ListenError(f"{where}: {error.strerror or error}; choose another") from None
    authenticator = VncAuthenticator(
        passwords, tls is not None, tls is None or is_loopback(settings.vnc_host)
    )
    if tls is None and not is_loopback(settings.vnc_host):
        log.warning("%s: whoever listens in the network sees everything; set tls_cert", where)
    strangers, watchers = shares[Budget.STRANGERS], shares[Budget.WATCHERS]
    return VncPort(sock, authenticator, rfb, viewers, strangers, watchers, tls)
