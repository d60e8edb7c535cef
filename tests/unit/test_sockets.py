from __future__ import annotations

import socket
from pathlib import Path

import pytest

from desktopd.sockets import tune


def congestion_control(sock: socket.socket) -> bytes:
    return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).rstrip(b"\0")


@pytest.mark.parametrize(
    ("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_the_way_to_a_proxy_of_this_machine_is_not_explored(
    family: socket.AddressFamily, address: str
) -> None:
    with socket.socket(family) as sock:
        sock.bind((address, 0))
        tune(sock)
        assert congestion_control(sock) == b"reno"


def test_ways_to_other_machines_are_explored_as_their_operator_wants() -> None:
    known = Path("/proc/sys/net/ipv4/tcp_available_congestion_control").read_text().split()
    chosen = next(name.encode() for name in known if name != "reno")
    with socket.socket() as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, chosen)
        sock.bind(("0.0.0.0", 0))
        tune(sock)
        assert congestion_control(sock) == chosen
