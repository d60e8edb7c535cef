"""The sockets where the HTTP server listens, and the addresses by which they are told."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktopd.errors import ListenError
from desktopd.sockets import keep_other_family, listen_unix, tune

BACKLOG = 2048
_NOT_HERE = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def bind_tcp(host: str, port: int) -> list[socket.socket]:
    """Listening sockets for each address of `host` (empty, ``*`` or ``::``: all of this machine).

    All have the same port; 0 takes a free one. Raises ListenError.
    """
    sockets: list[socket.socket] = []
    absent = None
    for family, address in _addresses(host):
        try:
            sock = _bound_tcp(family, (address[0], port, *address[2:]))
        except OSError as error:
            if error.errno not in _NOT_HERE:
                for other in sockets:
                    other.close()
                raise _unusable(host, port, error) from None
            absent = error
        else:
            sockets.append(sock)
            port = sock.getsockname()[1]
    if absent is not None and not sockets:
        raise _unusable(host, port, absent)
    return sockets


def bind_unix(path: Path) -> socket.socket:
    """A listening unix socket with mode 0600; a dead one in its place is replaced.

    Raises ListenError.
    """
    try:
        return listen_unix(path, BACKLOG)
    except OSError as error:
        raise ListenError(
            f"unix_socket={path}: {error.strerror or error}; choose another path"
        ) from None


def keep_for_localhost(sockets: Sequence[socket.socket]) -> socket.socket | None:
    """The place besides ours on which ``localhost`` leads, as `keep_other_family`.

    Raises ListenError.
    """
    try:
        # Where there are several, they are those of both families.
        return keep_other_family(sockets[0]) if len(sockets) == 1 else None
    except OSError as error:
        raise ListenError(f"{error.strerror}; choose another with --port") from None


def _addresses(host: str) -> list[tuple[int, tuple[Any, ...]]]:
    """Family and address of each that `host` has, without repeats."""
    name = None if host in ("", "*", "::") else host
    try:
        found = socket.getaddrinfo(name, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ListenError(f"host={host!r}: {error}; use an address such as 0.0.0.0") from None
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _bound_tcp(family: int, address: tuple[Any, ...]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
        tune(sock)
        # With SO_REUSEADDR only this tells that another process listens here.
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


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
