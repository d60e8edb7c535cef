"""How a listening TCP socket is set up for pictures and input; accepted sockets inherit it."""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import ip_address

_OPTIONS = (
    (socket.TCP_NODELAY, 1),
    # Old pictures wait in the server, where they can be replaced, and not in the kernel.
    (socket.TCP_NOTSENT_LOWAT, 128 * 1024),
    # Milliseconds.
    (socket.TCP_USER_TIMEOUT, 40_000),
)


def tune(sock: socket.socket) -> None:
    """Set the options of a bound socket that is to listen. Raises OSError."""
    for option, value in _OPTIONS:
        sock.setsockopt(socket.IPPROTO_TCP, option, value)
    address, _, _ = sock.getsockname()[0].partition("%")
    if ip_address(address).is_loopback:
        # The way to a proxy of the same machine needs no exploration: BBR, where the system has
        # chosen it, holds pictures back for 0.1 s now and then while it looks for the round trip.
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"reno")
