"""Connections by which nobody has been let in have so many places, and others lose nothing."""

from __future__ import annotations

import asyncio
import socket
import ssl
import tracemalloc
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from types import MethodType

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from desktopd.budgets import Budget, Share
from desktopd.http.serving.leeway import STRANGERS_BUFFER
from desktopd.http.serving.listening_sockets import bind_unix
from desktopd.http.serving.request_connection import CONNECTION, let_in
from desktopd.http.serving.server import HttpServer
from desktopd.tls.certificate import Certificate
from desktopd.turns import RequestTurns
from tests.noted_turns import noted_turns
from tests.unit.certificate import certificate
from tests.unit.http.desktop import BEARER, VIEW_BEARER, make_app, opened, rest, serving

PLACES = 3
OWNER = f"Host: desk.test\r\nAuthorization: {BEARER['Authorization']}\r\n"

Opened = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def crowded(app: ASGIApp, **options: object) -> AsyncIterator[tuple[HttpServer, Share]]:
    """A server with few places for strangers."""
    share = Share(Budget.CONNECTIONS, PLACES)
    async with serving(app, strangers=share, **options) as server:
        yield server, share


async def strangers(server: HttpServer, stack: AsyncExitStack, count: int) -> list[Opened]:
    """So many connections that say nothing, one after the other."""
    came = []
    for _ in range(count):
        came.append(await opened(server))
        stack.callback(came[-1][1].close)
    return came


async def answer(connection: Opened, path: str, headers: str) -> bytes:
    """The head of what is answered on a connection that stays open."""
    reader, writer = connection
    writer.write(f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode())
    async with asyncio.timeout(30):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
    return head


async def test_a_stranger_who_opens_many_closes_his_own() -> None:
    async with AsyncExitStack() as stack, crowded(make_app()) as (server, share):
        came = await strangers(server, stack, 2 * PLACES)
        for reader, _ in came[:PLACES]:
            assert await rest(reader) == b""
        assert b" 200 " in await answer(came[-1], "/healthz", "Host: desk.test\r\n")
        assert (share.taken, share.displaced) == (PLACES, PLACES)


async def test_whoever_is_let_in_loses_nothing_to_strangers_of_the_same_address() -> None:
    async with AsyncExitStack() as stack, crowded(make_app()) as (server, share):
        await strangers(server, stack, PLACES)
        inside = await opened(server)
        stack.callback(inside[1].close)
        assert b" 200 " in await answer(inside, "/api/session", OWNER)
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        websocket = await stack.enter_async_context(connect(address, additional_headers=BEARER))
        watching = await stack.enter_async_context(connect(address, additional_headers=VIEW_BEARER))
        await strangers(server, stack, 3 * PLACES)
        assert b" 200 " in await answer(inside, "/api/session", OWNER)
        for one in (websocket, watching):
            await (await one.ping())
        assert share.taken == PLACES


async def test_strangers_who_all_ask_at_once_have_the_owner_wait_for_one_of_them() -> None:
    served: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        served.append(scope["path"])
        if scope["path"] == "/owner":
            let_in(scope)
        await PlainTextResponse("here")(scope, receive, send)

    async with AsyncExitStack() as stack, serving(app) as server:
        inside = await opened(server)
        stack.callback(inside[1].close)
        await answer(inside, "/owner", "")
        came = await strangers(server, stack, 40)
        for _, writer in came:
            writer.write(b"GET /stranger HTTP/1.1\r\n\r\n")
        await answer(inside, "/owner", "")
        assert served.count("/owner") == 2
        before = served.index("/owner", 1)
        for reader, _ in came:
            await reader.readuntil(b"here")
        assert served.count("/stranger") == 40
        assert before < 30, "they were served one after the other, and the owner between them"


async def test_whoever_was_let_in_before_comes_before_strangers_of_his_address() -> None:
    served: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        served.append(scope["path"])
        if scope["path"] == "/owner":
            let_in(scope, b"Bearer of ours", "ada")
        await PlainTextResponse("here")(scope, receive, send)

    async with AsyncExitStack() as stack, serving(app) as server:
        inside = await opened(server)
        stack.callback(inside[1].close)
        await answer(inside, "/owner", "Authorization: Bearer of ours\r\n")
        came = await strangers(server, stack, 40)
        owner = await opened(server)
        stack.callback(owner[1].close)
        for _, writer in came:
            writer.write(b"GET /stranger HTTP/1.1\r\nAuthorization: Bearer of mine\r\n\r\n")
        await answer(owner, "/owner", "Host: desk.test\r\nauthorization:Bearer of ours\r\n")
        before = served.index("/owner", 1)
        for reader, _ in came:
            await reader.readuntil(b"here")
        assert served.count("/stranger") == 40
        assert before < 30, "the owner's request came last, and was not served last"


@pytest.mark.parametrize("anew", [False, True])
async def test_who_was_let_in_and_is_no_more_has_nobody_wait(anew: bool) -> None:
    """A link's guest, once it was revoked, by his open connections and by new ones."""
    served: list[str] = []
    valid = True

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        served.append(scope["path"])
        if scope["path"] == "/guest" and valid:
            let_in(scope, b"Bearer of a link", "guest")
        await PlainTextResponse("here")(scope, receive, send)

    guest = "Authorization: Bearer of a link\r\n"
    async with AsyncExitStack() as stack, serving(app) as server:
        came = await strangers(server, stack, 40)
        for connection in came:
            await answer(connection, "/guest", guest)
        valid = False
        if anew:
            came = await strangers(server, stack, 40)
        for connection in came:
            # What a connection brings first is read as what was let in by it.
            await answer(connection, "/guest", guest)
        other = await opened(server)
        stack.callback(other[1].close)
        served.clear()
        for _, writer in came:
            writer.write(f"GET /guest HTTP/1.1\r\n{guest}\r\n".encode())
        await answer(other, "/other", "Host: desk.test\r\n")
        before = served.index("/other")
        for reader, _ in came:
            await reader.readuntil(b"here")
        assert served.count("/guest") == 40
        assert before < 30, "he came last, and was not served last"


@pytest.mark.parametrize("owners", [False, True])
async def test_a_websocket_is_known_by_what_it_shows_not_by_who_came_before_it(
    owners: bool,
) -> None:
    known: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            known.append(scope[CONNECTION].known)
            await send({"type": "websocket.close", "code": 1000})
            return
        let_in(scope, b"Bearer of ours", "ada")
        await PlainTextResponse("here")(scope, receive, send)

    owner = "Authorization: Bearer of ours\r\n"
    async with AsyncExitStack() as stack, serving(app) as server:
        proxy = await opened(server)
        stack.callback(proxy[1].close)
        await answer(proxy, "/", owner)
        upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        upgrade += "Host: desk.test\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
        proxy[1].write(f"GET / HTTP/1.1\r\n{owner if owners else ''}{upgrade}\r\n".encode())
        await rest(proxy[0])
    assert known == [owners]


async def test_places_come_back() -> None:
    async with AsyncExitStack() as stack, crowded(make_app()) as (server, share):
        for _, writer in await strangers(server, stack, PLACES):
            writer.close()
        async with asyncio.timeout(30):
            while share.taken:
                await asyncio.sleep(0.01)
        assert share.displaced == 0


async def test_a_tls_handshake_that_is_not_done_has_a_place_too(folder: Path) -> None:
    tls = Certificate(*certificate(folder)).context()
    async with AsyncExitStack() as stack, crowded(make_app(), tls=tls) as (server, share):
        came = await strangers(server, stack, PLACES + 1)
        assert await rest(came[0][0]) == b""
        assert share.taken == PLACES


async def test_tls_handshakes_wait_in_turns_as_requests_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = noted_turns(monkeypatch, "desktopd.http.serving.server")
    tls = Certificate(*certificate(folder)).context()
    client = ssl.create_default_context()
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    async with AsyncExitStack() as stack, serving(make_app(), tls=tls) as server:
        host, port = server.sockets[0].getsockname()
        async with asyncio.timeout(30):
            came = await asyncio.gather(
                *(asyncio.open_connection(host, port, ssl=client) for _ in range(10))
            )
        assert len(turns) >= 20, "each ClientHello, and each Finished"
        for connection in came:
            stack.callback(connection[1].transport.abort)
            assert b" 200 " in await answer(connection, "/healthz", "Host: desk.test\r\n")


async def test_what_comes_by_tls_is_read_in_the_turns_of_who_came_by_it_last(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The assets of the owner's page waited behind all strangers of his address."""
    known: list[Hashable | None] = []

    class Noted(RequestTurns):
        def take(self, address: str, work: Callable[[], None], **who: Hashable) -> None:
            known.append(who.get("known"))
            super().take(address, work, **who)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/owner":
            let_in(scope, None, "ada")
        await PlainTextResponse("here")(scope, receive, send)

    monkeypatch.setattr("desktopd.http.serving.server.RequestTurns", Noted)
    tls = Certificate(*certificate(folder)).context()
    client = ssl.create_default_context()
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    async with AsyncExitStack() as stack, serving(app, tls=tls) as server:
        host, port = server.sockets[0].getsockname()
        connection = await asyncio.open_connection(host, port, ssl=client)
        stack.callback(connection[1].transport.abort)
        await answer(connection, "/owner", "")
        assert "ada" not in known
        for _ in range(2):
            await answer(connection, "/assets/", "")
    assert "ada" in known


async def test_a_connection_over_tls_that_says_nothing_holds_little(folder: Path) -> None:
    tls = Certificate(*certificate(folder)).context()
    share = Share(Budget.CONNECTIONS, 100)
    async with (
        AsyncExitStack() as stack,
        serving(make_app(), tls=tls, strangers=share) as server,
    ):
        tracemalloc.start()
        stack.callback(tracemalloc.stop)
        before, _ = tracemalloc.get_traced_memory()
        await strangers(server, stack, 20)
        async with asyncio.timeout(30):
            while share.taken < 20:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert tracemalloc.get_traced_memory()[0] - before < 20 * 128 * 1024


async def test_a_unix_socket_has_places_too(folder: Path) -> None:
    share = Share(Budget.CONNECTIONS, 1)
    server = HttpServer(make_app(), [bind_unix(folder / "http")], strangers=share)
    running = asyncio.create_task(server.serve())
    first, closed = await asyncio.open_unix_connection(folder / "http")
    second = await asyncio.open_unix_connection(folder / "http")
    assert await rest(first) == b""
    assert b" 200 " in await answer(second, "/healthz", "Host: desk.test\r\n")
    for writer in (closed, second[1]):
        writer.close()
    await server.stop()
    await running


async def test_no_descriptors_left_is_told_and_waited_for(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.descriptors.AGAIN", 0.01)
    accept = asyncio.get_running_loop().sock_accept
    failures = [OSError(24, "Too many open files")]

    async def scarce(sock: socket.socket) -> tuple[socket.socket, object]:
        if failures:
            raise failures.pop()
        return await accept(sock)

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_accept", scarce)
    async with AsyncExitStack() as stack, crowded(make_app()) as (server, _):
        ((reader, writer),) = await strangers(server, stack, 1)
        assert b" 200 " in await answer((reader, writer), "/healthz", "Host: desk.test\r\n")
    assert "a connection could not be accepted: Too many open files" in caplog.text


async def test_who_speaks_no_http_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async with AsyncExitStack() as stack, crowded(make_app()) as (server, _):
        for said in (b"\x16\x03\x01\x00\x05\x01", b"SSH-2.0-x\r\n", b"RFB 003.008\n") * 2:
            ((reader, writer),) = await strangers(server, stack, 1)
            writer.write(said + b"\r\n\r\n")
            assert b" 400 " in await rest(reader)
        ((reader, writer),) = await strangers(server, stack, 1)
        upgrade = "Connection: close, upgrade\r\nUpgrade: h2c\r\nHost: desk.test\r\n"
        writer.write(f"GET /healthz HTTP/1.1\r\n{upgrade}\r\n".encode())
        assert b" 200 " in await rest(reader)
    assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
        "127.0.0.1: what it sends is no HTTP (https where it is not?)"
    ]


async def test_whoever_asks_for_a_websocket_before_he_has_his_answer_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who took nothing were counted no more: 600 of them, and any number in 10 s."""
    monkeypatch.setattr("desktopd.http.serving.websocket_connection.CLOSE_DEADLINE", 3600)
    large = tmp_path / "assets" / "large.js"
    large.parent.mkdir()
    large.write_bytes(bytes(16 * 1024 * 1024))
    asset = b"GET /assets/large.js HTTP/1.1\r\nHost: desk.test\r\n\r\n"
    websocket = (
        b"GET /websockify HTTP/1.1\r\nHost: desk.test\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    async with AsyncExitStack() as stack, crowded(make_app(static=tmp_path)) as (server, share):
        for _ in range(2 * PLACES):
            stranger = stack.enter_context(
                socket.create_connection(server.sockets[0].getsockname())
            )
            stranger.sendall(asset + websocket)
            await asyncio.sleep(0.05)
        state = server._uvicorn.server_state
        async with asyncio.timeout(30):
            while state.connections or state.tasks or share.taken:
                await asyncio.sleep(0.05)


async def test_a_websocket_gives_its_place_back_once_it_is_let_in() -> None:
    async with crowded(make_app()) as (server, share):
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        async with connect(address, additional_headers=VIEW_BEARER) as websocket:
            await websocket.recv()
            assert share.taken == 0
        with pytest.raises(InvalidStatus):
            await connect(address)
        async with asyncio.timeout(30):
            while share.taken:
                await asyncio.sleep(0.05)


async def test_little_of_strangers_waits_for_its_turn_and_nothing_of_those_who_are_gone() -> None:
    """Those who said 250 KB each and were closed for others had a gigabyte wait."""
    waiting: list[Callable[[], None]] = []

    class Stuck(RequestTurns):
        def take(self, address: str, work: Callable[[], None], **who: Hashable) -> None:
            waiting.append(work)

    async with AsyncExitStack() as stack, crowded(make_app()) as (server, _):
        while not server._uvicorn.started:
            await asyncio.sleep(0)
        (loop,) = server._uvicorn._loops
        make = loop._make
        assert isinstance(make, partial)
        loop._make = partial(make, turns=Stuck())
        for _ in range(3 * PLACES):
            ((_, writer),) = await strangers(server, stack, 1)
            before = len(waiting)
            writer.write(b"GET / HTTP/1.1\r\nX: " + bytes(200_000))
            async with asyncio.timeout(30):
                while len(waiting) == before:
                    await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        held = [work.__self__._unread for work in waiting if isinstance(work, MethodType)]
        assert len(held) == 3 * PLACES
        assert [len(data) for data in held] == [0] * 2 * PLACES + [STRANGERS_BUFFER] * PLACES
