"""What TLS leaves of connections that are over, and what may still be asked of them."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from websockets.asyncio.client import connect

from desktopd.tls.certificate import Certificate
from desktopd.tls.in_turns import TlsInTurns
from desktopd.turns import RequestTurns
from tests.unit.certificate import certificate
from tests.unit.http.desktop import VIEW_BEARER, make_app
from tests.unit.http.serving.crowd import crowded
from tests.unit.rfb.listeners.test_vencrypt import chooses_tls
from tests.unit.rfb.listeners.vnc_clients import PASSWORDS
from tests.unit.rfb.listeners.vnc_clients import serving as vnc_port

CAME = 40


def client_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def half_a_hello() -> bytes:
    """What a client says first, without its end."""
    said = ssl.MemoryBIO()
    client = client_context().wrap_bio(ssl.MemoryBIO(), said)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return said.read()[:-5]


@dataclass
class Made:
    """How often TLS was made, and what there is of it."""

    count: int = 0
    alive: WeakSet[TlsInTurns] = field(default_factory=WeakSet)

    async def reach(self, count: int) -> None:
        async with asyncio.timeout(20):
            while self.count < count:
                await asyncio.sleep(0.01)

    async def keep(self, most: int) -> None:
        async with asyncio.timeout(20):
            while len(self.alive) > most:
                await asyncio.sleep(0.01)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """TLS of ours, while nothing looks for what refers to itself alone."""
    made = Made()

    class Noted(TlsInTurns):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            made.alive.add(self)
            made.count += 1

    for module in ("desktopd.http.serving.accept_loop", "desktopd.rfb.listeners.vnc_port"):
        monkeypatch.setattr(f"{module}.TlsInTurns", Noted)
    # pytest keeps what is logged, an exception with its frames.
    logging.disable(logging.WARNING)
    gc.collect()
    gc.disable()
    yield made
    gc.enable()
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("leaves", [True, False])
async def test_vnc_strangers_whose_handshakes_are_over_keep_nothing(
    folder: Path, made: Made, leaves: bool
) -> None:
    async with AsyncExitStack() as stack, vnc_port(folder, PASSWORDS, tls=True, most=3) as port:
        for _ in range(CAME):
            guest = await stack.enter_async_context(port.guest())
            await chooses_tls(guest, b"\x13\x02", 261)
            guest.says(half_a_hello())
            if leaves:
                guest.writer.close()
        await made.reach(CAME)
        await made.keep(0 if leaves else 3)


@pytest.mark.parametrize("leaves", [True, False])
async def test_https_strangers_whose_handshakes_are_over_keep_nothing(
    folder: Path, made: Made, leaves: bool
) -> None:
    tls = Certificate(*certificate(folder)).context()
    async with AsyncExitStack() as stack, crowded(make_app(), tls=tls) as (server, share):
        address = server.sockets[0].getsockname()
        for number in range(CAME):
            peer = stack.enter_context(socket.create_connection(address))
            peer.sendall(half_a_hello())
            if leaves:
                peer.close()
            await made.reach(number + 1)
        await made.keep(0 if leaves else share.most)


async def test_whoever_went_through_the_handshake_keeps_nothing_either(
    folder: Path, made: Made
) -> None:
    tls = Certificate(*certificate(folder)).context()
    async with crowded(make_app(), tls=tls) as (server, _):
        host, port = server.sockets[0].getsockname()
        for _ in range(CAME):
            reader, writer = await asyncio.open_connection(host, port, ssl=client_context())
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            writer.transport.abort()
        await made.keep(0)


class Ended(asyncio.Protocol):
    def __init__(self) -> None:
        self.lost = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()


@asynccontextmanager
async def pair(folder: Path) -> AsyncIterator[tuple[asyncio.Transport, Ended, asyncio.Transport]]:
    """Our end, its protocol, and the peer's."""
    ours, theirs = socket.socketpair()
    ended, context = Ended(), Certificate(*certificate(folder)).context()
    tls = TlsInTurns(ended, context, RequestTurns(), "192.0.2.66", seconds=30)
    (_, writer), transport = await asyncio.gather(
        asyncio.open_connection(sock=theirs, ssl=client_context(), server_hostname="desk.test"),
        tls.accept(ours),
    )
    try:
        yield transport, ended, writer.transport
    finally:
        writer.transport.abort()
        transport.abort()


async def test_what_is_closed_twice_may_be_asked_everything_as_before(folder: Path) -> None:
    async with pair(folder) as (transport, ended, peer):
        for end in (transport.close, transport.close, peer.abort, ended.lost.wait):
            if (waits := end()) is not None:
                await waits
            transport.pause_reading()
            transport.resume_reading()
            transport.set_write_buffer_limits(1024)
            assert transport.get_write_buffer_size() == 0
            transport.get_extra_info("socket")
            assert transport.is_closing()
        transport.abort()


async def test_it_is_closing_as_soon_as_its_connection_has_broken(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Each answer to what a peer that is gone had asked was a warning in the log."""
    async with pair(folder) as (transport, ended, peer):
        peer.abort()
        await asyncio.sleep(0)
        for _ in range(20):
            if transport.is_closing():
                break
            transport.write(b"an answer")
        assert transport.is_closing()
        assert not ended.lost.is_set()
        await ended.lost.wait()
    assert not caplog.records


async def test_websockets_whose_peers_end_tls_first_are_no_errors(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tls = Certificate(*certificate(folder)).context()
    async with crowded(make_app(), tls=tls) as (server, _):
        state = server._uvicorn.server_state
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        websocket = await connect(address, additional_headers=VIEW_BEARER, ssl=client_context())
        await websocket.recv()
        websocket.transport.close()
        async with asyncio.timeout(20):
            while state.connections or state.tasks:
                await asyncio.sleep(0.01)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
