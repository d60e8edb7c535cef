"""Listening sockets: what TCP is told, and where unix ones may be."""

from __future__ import annotations

import contextlib
import socket
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from desktopd import sockets
from desktopd.sockets import adapt, keep_other_family, listen_unix, tune, unacknowledged
from tests.daemon import until


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


@pytest.mark.parametrize(("far", "chosen"), [(1.0, b"reno"), (0.0, b"bbr")])
def test_a_connection_from_far_away_uses_bbr_where_the_system_has_it(
    monkeypatch: pytest.MonkeyPatch, far: float, chosen: bytes
) -> None:
    """The round trip is real, and what counts as far is chosen around it."""
    monkeypatch.setattr(sockets, "FAR", far)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"reno")
        with socket.create_connection(server.getsockname()[:2]), server.accept()[0] as accepted:
            adapt(accepted)
            assert congestion_control(accepted) == (chosen if allows(chosen) else b"reno")


@pytest.mark.parametrize(("own", "other"), [("127.0.0.1", "::1"), ("0.0.0.0", "::1")])
def test_nobody_listens_where_localhost_leads_besides(own: str, other: str) -> None:
    with socket.create_server((own, 0)) as server:
        port = server.getsockname()[1]
        kept = keep_other_family(server)
        assert kept is not None
        with kept, pytest.raises(OSError, match="in use"):
            squat(other, port)
        with socket.create_connection(("localhost", port)):
            pass
        with squat(other, port), pytest.raises(OSError, match=f"]:{port}.*localhost leads there"):
            keep_other_family(server)


@pytest.mark.parametrize(("own", "other"), [("127.0.0.1", "::1"), ("0.0.0.0", "::1")])
def test_what_a_server_there_has_left_of_its_connections_is_in_nobodys_way(
    own: str, other: str
) -> None:
    """Whoever ends a connection keeps its port for a minute (tcp(7), TIME_WAIT)."""
    with squat(other, 0) as earlier:
        port = earlier.getsockname()[1]
        with socket.create_connection((other, port)) as client:
            earlier.accept()[0].close()
            assert client.recv(1) == b""
    with socket.create_server((own, port)) as server:
        kept = keep_other_family(server)
        assert kept is not None
        with kept, pytest.raises(OSError, match="in use"):
            squat(other, port)


def squat(address: str, port: int) -> socket.socket:
    """Listen there as whoever wants others to come by mistake; its options are his best."""
    sock = socket.socket(socket.AF_INET6)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        sock.bind((address, port))
        sock.listen()
    except OSError:
        sock.close()
        raise
    return sock


def test_there_is_no_other_place_for_what_is_no_loopback(folder: Path) -> None:
    with listen_unix(folder / "d.sock") as server:
        assert keep_other_family(server) is None


def allows(name: bytes) -> bool:
    """Whether the system lets a socket of this user have it."""
    with socket.socket() as sock:
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, name)
        except OSError:
            return False
    return True


def test_a_unix_socket_is_for_its_user_and_takes_the_place_of_a_dead_one(folder: Path) -> None:
    path = folder / "d.sock"
    for _ in range(2):
        with listen_unix(path):
            assert path.stat().st_mode & 0o777 == 0o600
        assert path.exists()


def test_a_place_that_is_taken_is_left_alone(folder: Path) -> None:
    path = folder / "d.sock"
    with listen_unix(path), pytest.raises(OSError, match="already in use"):
        listen_unix(path)
    (folder / "file").write_text("precious")
    with pytest.raises(FileExistsError, match="exists and is no socket"):
        listen_unix(folder / "file")
    assert (folder / "file").read_text() == "precious"


def test_who_listens_at_a_place_and_takes_nobody_in_holds_nobody_up(folder: Path) -> None:
    path = folder / "full.sock"
    with ExitStack() as stack:
        listener, *waiting = (stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(4))
        listener.bind(str(path))
        listener.listen(0)
        for client in waiting:
            client.setblocking(False)
            with suppress(BlockingIOError):
                client.connect(str(path))
        with pytest.raises(OSError, match="in use"):
            listen_unix(path)


def test_after_an_outage_tcp_tries_again_within_a_second_where_the_system_can() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        before = longest_pause(server)
        tune(server)
        with socket.create_connection(server.getsockname()[:2]), server.accept()[0] as accepted:
            assert longest_pause(accepted) == (None if before is None else 1000)


def longest_pause(sock: socket.socket) -> int | None:
    """Milliseconds until TCP tries again, at most; None where the system has no such option."""
    try:
        return sock.getsockopt(socket.IPPROTO_TCP, sockets._TCP_RTO_MAX_MS)
    except OSError:
        return None


def test_what_a_peer_does_not_have_yet_is_known() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()[:2]) as peer,
        server.accept()[0] as accepted,
    ):
        assert unacknowledged(accepted) == 0
        accepted.setblocking(False)
        sent = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                sent += accepted.send(bytes(65536))
        assert 0 < unacknowledged(accepted) <= sent
        while sent:
            sent -= len(peer.recv(65536))
        until(lambda: unacknowledged(accepted) == 0, 10, "an acknowledgement")


def test_of_what_is_no_tcp_nothing_is_known() -> None:
    one, other = socket.socketpair()
    with one, other:
        one.send(b"unread")
        assert unacknowledged(one) == 0
    assert unacknowledged(one) == 0
    assert unacknowledged(None) == 0
