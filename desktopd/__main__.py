"""The command ``desktopd``: reads the settings, then runs the session and its server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from desktopd import __version__, config
from desktopd.config import Command, ConfigError, Loaded, Settings, is_loopback
from desktopd.control import commands
from desktopd.control.check import check
from desktopd.control.report import Report, Reporter
from desktopd.errors import ListenError
from desktopd.http.access.oauth import Provider
from desktopd.http.app import create_app
from desktopd.http.options import HttpOptions
from desktopd.http.serving.listening_sockets import bind_tcp, bind_unix
from desktopd.http.serving.server import HttpServer
from desktopd.rfb import choice
from desktopd.rfb.listeners import vnc_port as vnc
from desktopd.rfb.listeners.authentication import VncAuthenticator
from desktopd.rfb.listeners.password import VncPasswords
from desktopd.rfb.listeners.unix_socket import UnixSocketListener
from desktopd.rfb.relay.targets import Targets
from desktopd.rfb.rfb_server import RfbServer
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.session.errors import SessionError
from desktopd.session.folder import claim, make_private
from desktopd.session.services import SessionOptions
from desktopd.session.session import Session

DESCRIPTORS = 65536

log = logging.getLogger("desktopd")

_CONTROL = {
    Command.START: commands.start,
    Command.STATUS: commands.status,
    Command.STOP: commands.stop,
}


class Integration(Provider, Protocol):
    """A system that we are part of: its login, and what it wants to hear."""

    async def run(self, last_input: Callable[[], float | None]) -> None:
        """Go on for as long as the daemon; `last_input` is monotonic, None before the first."""


def main(*arguments: str) -> int:
    """Run the command line after `arguments`.

    Returns the exit status: 1 what was asked failed, 2 bad settings.
    """
    try:
        loaded = config.load([*arguments, *sys.argv[1:]])
        if loaded.command is Command.CONFIG:
            print(config.describe(loaded))
            return 0
        if loaded.command is Command.CHECK:
            return check(_session_options(loaded))
        if loaded.command in _CONTROL:
            logging.basicConfig(format="desktopd: %(message)s")
            return _CONTROL[loaded.command](loaded)
        _set_up_logging(loaded.settings.log_level)
        return asyncio.run(_run(loaded))
    except ConfigError as error:
        print(f"desktopd: {error}", file=sys.stderr)
        return _give_up(2)
    except (SessionError, ListenError) as error:
        log.error("%s", error)
        return _give_up(1)


def singleuser() -> int:
    """Run as the single-user server of a JupyterHub: the command ``desktopd-singleuser``."""
    return main("--auth", "jupyterhub")


async def _run(loaded: Loaded) -> int:
    settings = loaded.settings
    _raise_descriptor_limit()
    try:
        make_private(loaded.runtime_dir)
        claim(loaded.runtime_dir)
        session = Session(_session_options(loaded))
        token, is_ours = _token(settings, loaded.runtime_dir)
    except OSError as error:
        raise SessionError(
            f"{error.filename}: {error.strerror}; make room there, or set another runtime_dir"
        ) from None
    viewers = Viewers()
    integration = _integration(loaded)
    rfb = choice.create(PixelPath(session.rfb_path), session, settings.app)
    try:
        app = create_app(_http_options(settings, token, integration), session, viewers, rfb)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    server = HttpServer(
        app, _listen(settings), tls_cert=settings.tls_cert, tls_key=settings.tls_key
    )
    vnc_port = _vnc_port(settings, viewers, rfb)
    places = filter(None, (rfb.socket, settings.rfb_socket))
    sockets = [UnixSocketListener(place, rfb, viewers) for place in places]
    link = _link(settings, server, token if is_ours else None)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    running: list[asyncio.Task[object]] = [
        asyncio.create_task(server.serve()),
        asyncio.create_task(session.run()),
        asyncio.create_task(stop.wait()),
        asyncio.create_task(_idle(viewers, settings.idle_timeout)),
    ]
    if integration is not None:
        running.append(asyncio.create_task(integration.run(lambda: viewers.last_input)))
    running.append(asyncio.create_task(rfb.run()))
    running += [asyncio.create_task(sock.serve()) for sock in sockets]
    if vnc_port is not None:
        running.append(asyncio.create_task(vnc_port.serve()))

    def report() -> Report:
        return Report(
            address=link,
            port=None if settings.unix_socket else server.sockets[0].getsockname()[1],
            vnc=vnc_port.address if vnc_port else None,
            stage=session.status.stage,
            viewers=tuple(viewer.role for viewer in viewers),
        )

    running.append(asyncio.create_task(Reporter(loaded.runtime_dir, report).serve()))
    print(f"\n    {link}\n", flush=True)
    try:
        done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        if running[3] in done:
            log.info("no input for %d seconds: ending", settings.idle_timeout)
            _give_up(0)
        await _cancel(running[1:])
        errors = [task.exception() for task in done]
        # A daemon that ends by a mistake of its own leaves the desktop to its successor.
        if all(error is None or isinstance(error, SessionError) for error in errors):
            await asyncio.gather(server.stop(), session.stop())
        for task in done:
            task.result()
        return 0
    finally:
        await _cancel(running)


async def _cancel(tasks: Sequence[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _raise_descriptor_limit() -> None:
    """Allow as many connections as the system does: a viewer must not take the daemon's own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, DESCRIPTORS) if hard != resource.RLIM_INFINITY else DESCRIPTORS
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _session_options(loaded: Loaded) -> SessionOptions:
    """What the settings ask of the session."""
    settings = loaded.settings
    return SessionOptions(
        folder=loaded.runtime_dir,
        environment=loaded.environment,
        display=settings.display,
        rfb=_rfb(settings),
        size=settings.size,
        max_size=settings.max_size,
        dpi=settings.dpi,
        app=settings.app,
        kiosk=settings.kiosk,
        restart_app=settings.restarts_application,
        wm=settings.wm,
        gpu=settings.gpu,
    )


def _rfb(settings: Settings) -> str:
    try:
        return choice.choose(settings.rfb, settings.display)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _integration(loaded: Loaded) -> Integration | None:
    """What ``auth`` stands for beyond tokens, found by the entry point of that name."""
    if not loaded.hub:
        return None
    found = entry_points(group="desktopd.auth", name=loaded.settings.auth)
    if not found:
        raise ConfigError(
            f"auth={loaded.settings.auth}: no such entry point of desktopd; install the package "
            "(pip install --editable . in a checkout)"
        )
    connect = next(iter(found)).load()
    try:
        integration: Integration = connect(loaded.hub)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    return integration


def _http_options(settings: Settings, token: str, provider: Provider | None) -> HttpOptions:
    targets = None
    if settings.target_plugin and settings.target_source:
        try:
            targets = Targets(settings.target_plugin, settings.target_source)
        except ValueError as error:
            raise ConfigError(f"target_plugin, target_source: {error}") from None
    return HttpOptions(
        base_url=settings.base_url,
        auth="none" if settings.auth == "none" else "token",
        token=token,
        view_token=settings.view_token.get_secret_value() if settings.view_token else None,
        frame_ancestors=settings.frame_ancestors,
        allow_origin=settings.allow_origin,
        allowed_hosts=settings.allowed_hosts,
        trusted_proxies=settings.trusted_proxies,
        targets=targets,
        provider=provider,
        version=__version__,
    )


def _token(settings: Settings, folder: Path) -> tuple[str, bool]:
    """The token for full control, and whether it is one of our making.

    Ours is kept beside the state, so that it holds for the next daemon too.
    """
    if settings.token is not None:
        return settings.token.get_secret_value(), False
    path = folder / "token"
    with contextlib.suppress(FileNotFoundError):
        if kept := path.read_text("ascii").strip():
            return kept, True
    token = secrets.token_urlsafe(24)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(token)
    return token, True


def _listen(settings: Settings) -> list[socket.socket]:
    """The sockets that the settings ask for; raises ListenError."""
    if settings.unix_socket is not None:
        return [bind_unix(settings.unix_socket)]
    return bind_tcp(settings.host, settings.port)


def _vnc_port(settings: Settings, viewers: Viewers, rfb: RfbServer) -> vnc.VncPort | None:
    """The port for VNC viewers, if there is to be one; raises ListenError."""
    if settings.vnc_port is None:
        return None
    passwords = tls = None
    if settings.vnc_password is not None:
        view = settings.vnc_view_password
        passwords = VncPasswords(
            settings.vnc_password.get_secret_value(), view.get_secret_value() if view else None
        )
    where = f"vnc_host={settings.vnc_host!r} vnc_port={settings.vnc_port}"
    try:
        if settings.tls_cert and settings.tls_key:
            tls = vnc.tls_context(settings.tls_cert, settings.tls_key)
        sock = vnc.listen(settings.vnc_host, settings.vnc_port)
    except OSError as error:
        raise ListenError(f"{where}: {error.strerror or error}; choose another") from None
    authenticator = VncAuthenticator(
        passwords, tls is not None, tls is None or is_loopback(settings.vnc_host)
    )
    if tls is None and not is_loopback(settings.vnc_host):
        log.warning("%s: whoever listens in the network sees everything; set tls_cert", where)
    return vnc.VncPort(sock, authenticator, rfb, viewers, tls)


def _link(settings: Settings, server: HttpServer, token: str | None) -> str:
    """The address for a person to click, with the token only when nobody else knows it."""
    place = server.addresses[0].replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    query = f"?token={token}" if token and settings.auth == "token" else ""
    return f"{place}{settings.base_url}{query}"


async def _idle(viewers: Viewers, seconds: int) -> None:
    """Return once nobody has typed or pointed for so long; never with 0."""
    started = time.monotonic()
    while True:
        left = (viewers.last_input or started) + seconds - time.monotonic()
        if seconds and left <= 0:
            return
        await asyncio.sleep(left if seconds else 3600)


def _set_up_logging(level: str) -> None:
    logging.basicConfig(
        stream=sys.stderr,
        level=level.upper(),
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
    )


def _give_up(status: int) -> int:
    """Under supervisord, which would start us again, end supervisord too."""
    if config.supervised():
        os.kill(os.getppid(), signal.SIGTERM)
    return status


if __name__ == "__main__":
    sys.exit(main())
