"""Where the server listens, and what it says of places that it cannot use."""

from __future__ import annotations

import asyncio
import errno
import socket
import stat
from pathlib import Path

import httpx
import pytest

from desktopd.errors import ListenError
from desktopd.http.serving import listening_sockets
from desktopd.http.serving.listening_sockets import bind_tcp, bind_unix
from desktopd.http.serving.server import HttpServer
from tests.unit.http.desktop import make_app, serving


async def test_a_free_port_is_known_before_the_start() -> None:
    async with serving(make_app()) as server:
        assert server.addresses == (f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}",)


@pytest.mark.parametrize("everywhere", ["*", "", "::"])
async def test_all_addresses_share_one_port(everywhere: str) -> None:
    sockets = bind_tcp(everywhere, 0)
    server = HttpServer(make_app(), sockets)
    running = asyncio.create_task(server.serve())
    (port,) = {sock.getsockname()[1] for sock in sockets}
    async with httpx.AsyncClient() as browser:
        for host in ("127.0.0.1", "[::1]"):
            assert (await browser.get(f"http://{host}:{port}/healthz")).status_code == 200
    assert set(server.addresses) == {f"http://0.0.0.0:{port}", f"http://[::]:{port}"}
    await server.stop()
    await running


@pytest.mark.parametrize("missing", [errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL])
def test_where_ipv6_is_missing_all_addresses_are_those_of_ipv4(
    monkeypatch: pytest.MonkeyPatch, missing: int
) -> None:
    def bound(family: int, address: tuple[object, ...]) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(missing, "no IPv6")
        return real(family, address)

    real = listening_sockets._bound_tcp
    monkeypatch.setattr(listening_sockets, "_bound_tcp", bound)
    (sock,) = bind_tcp("::", 0)
    with sock:
        assert sock.getsockname()[0] == "0.0.0.0"


def test_a_port_in_use_is_named() -> None:
    (taken,) = bind_tcp("127.0.0.1", 0)
    port = taken.getsockname()[1]
    with (
        taken,
        pytest.raises(ListenError, match=f"port={port}: Address already in use"),
    ):
        bind_tcp("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1", "a" * 100, "ü..ü"])
def test_a_host_that_is_not_ours_is_named(host: str) -> None:
    with pytest.raises(ListenError, match="host="):
        bind_tcp(host, 0)


async def test_a_unix_socket_is_for_its_owner_alone(folder: Path) -> None:
    path = folder / "d.sock"
    server = HttpServer(make_app(), [bind_unix(path)])
    running = asyncio.create_task(server.serve())
    assert server.addresses == (f"unix:{path}",)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    transport = httpx.AsyncHTTPTransport(uds=str(path))
    async with httpx.AsyncClient(transport=transport) as browser:
        assert (await browser.get("http://desk.test/healthz")).status_code == 200
        for status in (401,) * 5 + (429,):
            answer = await browser.get("http://desk.test/?token=x")
            assert answer.status_code == status
    await server.stop()
    await running
    assert not path.exists()


def test_a_dead_unix_socket_is_replaced(folder: Path) -> None:
    path = folder / "d.sock"
    bind_unix(path).close()
    assert path.exists()
    bind_unix(path).close()


def test_a_living_unix_socket_is_not(folder: Path) -> None:
    path = folder / "d.sock"
    with bind_unix(path), pytest.raises(ListenError, match=r"unix_socket=.*already in use"):
        bind_unix(path)


@pytest.mark.parametrize("name", ["file", "missing/d.sock", "d" * 200])
def test_a_path_that_cannot_be_bound_is_named(folder: Path, name: str) -> None:
    (folder / "file").write_text("precious")
    with pytest.raises(ListenError, match="unix_socket="):
        bind_unix(folder / name)
    assert (folder / "file").read_text() == "precious"
