"""Sockets, whatever they serve: options of TCP ones, and unix ones that listen."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import struct
import termios
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol

# Seconds of a round trip from which on the way may lose packets without being full.
FAR = 0.002
# Those of Linux that take each loss for a full link.
_LOSS_BASED = (b"cubic", b"reno")
# struct tcp_info (linux/tcp.h): tcpi_rtt in microseconds, and where it stands.
_ROUND_TRIP = struct.Struct("68xI")
_INT = struct.Struct("i")
# Where the name localhost leads besides: to ::1 first.
_OTHER_FAMILY = {"127.0.0.1": "::1", "0.0.0.0": "::", "::1": "127.0.0.1"}

_OPTIONS = (
    (socket.TCP_NODELAY, 1),
    # Old pictures wait in the server, where they can be replaced, and not in the kernel.
    (socket.TCP_NOTSENT_LOWAT, 128 * 1024),
    # Milliseconds.
    (socket.TCP_USER_TIMEOUT, 40_000),
)
# Those of newer systems (linux/tcp.h, Linux 6.15 and 6.16), in milliseconds and microseconds: after
# an outage of two seconds TCP waits for two more until it tries again, and a packet that was lost
# twice is missed for 0.2 s.
_TCP_RTO_MAX_MS, _TCP_RTO_MIN_US = 44, 45
_NEWER_OPTIONS = ((_TCP_RTO_MAX_MS, 1000), (_TCP_RTO_MIN_US, 100_000))


def tune(sock: socket.socket) -> None:
    """Set the options of a bound TCP socket that is to listen; accepted ones inherit them.

    They are chosen for pictures and input. Raises OSError.
    """
    for option, value in _OPTIONS:
        sock.setsockopt(socket.IPPROTO_TCP, option, value)
    for option, value in _NEWER_OPTIONS:
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, option, value)
    address, _, _ = sock.getsockname()[0].partition("%")
    if ip_address(address).is_loopback:
        # The way to a proxy of the same machine needs no exploration: BBR, where the system has
        # chosen it, holds pictures back for 0.1 s now and then while it looks for the round trip.
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"reno")


def keep_other_family(listening: socket.socket) -> socket.socket | None:
    """Keep the port of a listening socket in the other family of addresses, where nobody listens.

    Another user who listened there would be shown the token by whoever opens ``localhost``. None
    where there is no such address. Raises OSError where somebody has it.
    """
    address, port = ("", 0) if listening.family == socket.AF_UNIX else listening.getsockname()[:2]
    if (other := _OTHER_FAMILY.get(address)) is None:
        return None
    try:
        kept = socket.socket(socket.AF_INET6 if ":" in other else socket.AF_INET)
    except OSError:
        return None
    try:
        if kept.family == socket.AF_INET6:
            kept.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # What an earlier server's connections leave behind them for a minute is in nobody's way,
        # and whoever comes after us shares it with us no more.
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind((other, port))
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    except OSError as error:
        kept.close()
        if error.errno == errno.EADDRNOTAVAIL:
            return None
        place = f"[{other}]:{port}" if ":" in other else f"{other}:{port}"
        words = f"{place}: {os.strerror(error.errno or 0)}, and localhost leads there too"
        raise OSError(error.errno, words) from None
    return kept


class LoopSocket(Protocol):
    """What a socket of the asyncio loop has of one."""

    def fileno(self) -> int:
        """Its descriptor; -1 once it is closed."""

    @property
    def family(self) -> int:
        """Such as AF_INET."""

    def getsockopt(self, level: int, option: int, length: int, /) -> bytes:
        """See socket.socket."""

    def setsockopt(self, level: int, option: int, value: bytes, /) -> None:
        """See socket.socket."""


def adapt(sock: LoopSocket) -> None:
    """Have a connection that comes from far away use BBR, where the system allows that.

    Of cubic a link that loses one packet in 20 leaves a twentieth of its rate, of BBR nearly all.
    What an operator has chosen in their place stays. The handshake has told the round trip: a
    proxy of the same machine or room has nothing to explore (see `tune`).
    """
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    with suppress(OSError):
        told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ROUND_TRIP.size)
        chosen = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).rstrip(b"\0")
        if _ROUND_TRIP.unpack(told)[0] > FAR * 1e6 and chosen in _LOSS_BASED:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"bbr")


def unacknowledged(sock: LoopSocket | None) -> int:
    """Bytes that were sent and that the peer's system does not have yet (tcp(7), SIOCOUTQ).

    0 where that is not known, as of what is no TCP socket.
    """
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return 0
    try:
        return int(_INT.unpack(fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(_INT.size)))[0])
    except (OSError, ValueError):
        return 0


def listen_unix(path: Path, backlog: int = 128) -> socket.socket:
    """A listening unix socket for its user alone; a dead one in its place is replaced.

    Raises OSError, also when something listens there or `path` is another file.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Linux creates the file with the mode of the socket, so it is never open to others.
        os.fchmod(sock.fileno(), 0o600)
        _remove_dead(path)
        sock.bind(str(path))
        sock.listen(backlog)
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def _remove_dead(path: Path) -> None:
    if not os.path.lexists(path):
        return
    if not path.is_socket():
        raise FileExistsError(errno.EEXIST, "exists and is no socket", str(path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        # Where somebody listens and takes nobody in, others wait for ever.
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except BlockingIOError:
            pass
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE), str(path))
