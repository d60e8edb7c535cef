"""The sockets where the server listens."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

from desktopd.rfb.listeners.tcp import tune

BACKLOG = 2048
_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


class ListenError(Exception):
    """An address cannot be listened on, or served with TLS: names it and the remedy."""


def bind_tcp(host: str, port: int) -> list[socket.socket]:
    """Listening sockets for each address of `host` (empty or ``*``: all of this machine).

    All have the same port; 0 takes a free one. Raises ListenError.
    """
    name = None if host in ("", "*") else host
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ListenError(f"host={host!r}: {error}; use an address such as 0.0.0.0") from None
    sockets: list[socket.socket] = []
    absent = None
    for family, kind, protocol, _, address in dict.fromkeys(found):
        sock = _tcp_socket(family, kind, protocol)
        try:
            sock.bind((address[0], port, *address[2:]))
            tune(sock)
            # With SO_REUSEADDR only this tells that another process listens here.
            sock.listen(BACKLOG)
        except OSError as error:
            sock.close()
            if error.errno in _NOT_HERE:
                absent = error
                continue
            for other in sockets:
                other.close()
            raise _unusable(host, port, error) from None
        sockets.append(sock)
        port = sock.getsockname()[1]
    if absent is not None and not sockets:
        raise _unusable(host, port, absent)
    return sockets


def bind_unix(path: Path) -> socket.socket:
    """A listening unix socket with mode 0600; a dead one in its place is replaced.

    Raises ListenError.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Linux creates the file with the mode of the socket, so it is never open to others.
    os.fchmod(sock.fileno(), 0o600)
    try:
        _remove_dead(path)
        sock.bind(str(path))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise ListenError(
            f"unix_socket={path}: {error.strerror or error}; choose another path"
        ) from None
    return sock


def _tcp_socket(family: int, kind: int, protocol: int) -> socket.socket:
    sock = socket.socket(family, kind, protocol)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return sock


def _remove_dead(path: Path) -> None:
    """Raises OSError when something lives at `path`."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
        else:
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))


def _unusable(host: str, port: int, error: OSError) -> ListenError:
    return ListenError(
        f"host={host!r} port={port}: {error.strerror}; choose another with --host or --port"
    )


def is_unix(sock: socket.socket) -> bool:
    """Whether `sock` is a unix socket."""
    return sock.family == socket.AF_UNIX


def url(sock: socket.socket, scheme: str) -> str:
    """The address of a listening socket, such as ``http://[::1]:8888`` or ``unix:/run/d.sock``."""
    if is_unix(sock):
        return f"unix:{sock.getsockname()}"
    host, port = sock.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
