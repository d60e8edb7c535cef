"""What the server does to WebSockets whose peers are greedy, or gone."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from websockets.asyncio.client import connect
from websockets.frames import Frame, Opcode

from desktopd.http.serving import websocket_connection
from desktopd.http.serving.request_connection import break_off
from desktopd.http.serving.server import PING, PONG, HttpServer
from desktopd.sockets import unacknowledged
from tests.unit.http.desktop import BEARER, TOKEN, make_app, opened, serving
from tests.unit.http.serving.flood import ENDED, flood, stalled_websocket

UPGRADE = (
    f"GET /api/events HTTP/1.1\r\nHost: desk.test\r\nAuthorization: Bearer {TOKEN}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
).encode()


async def test_a_peer_that_answers_no_ping_is_gone_even_with_full_buffers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("desktopd.http.serving.server.PING", 0.3)
    monkeypatch.setattr("desktopd.http.serving.server.PONG", 0.3)
    ENDED.clear()
    async with serving(flood) as server:
        _, writer = await stalled_websocket(server)
        async with asyncio.timeout(10):
            while not ENDED:
                await asyncio.sleep(0.05)
        writer.close()


async def impatient(scope: Scope, receive: Receive, send: Send) -> None:
    """Give up a peer that takes nothing."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.3):
            await flood(scope, receive, send)


async def is_gone(application: ASGIApp) -> None:
    """Serve a peer that takes nothing, until its connection is no more."""
    async with serving(application) as server:
        _, writer = await stalled_websocket(server)
        async with asyncio.timeout(10):
            while server._uvicorn.server_state.connections:
                await asyncio.sleep(0.05)
        writer.close()


def test_half_open_connection_or_stalled_viewer_is_gone_within_30_s() -> None:
    assert PING + PONG <= 30


async def test_a_peer_that_takes_nothing_is_gone_after_the_application_gave_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(websocket_connection, "CLOSE_DEADLINE", 0.3)

    await is_gone(impatient)


async def test_what_is_broken_off_keeps_nothing_that_its_peer_has_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Watchers who were too far behind kept their pictures for 10 s more, and came again."""
    monkeypatch.setattr(websocket_connection, "CLOSE_DEADLINE", 3600)

    async def broken_off(scope: Scope, receive: Receive, send: Send) -> None:
        await impatient(scope, receive, send)
        break_off(scope)

    await is_gone(broken_off)


async def test_a_websocket_message_has_a_limit() -> None:
    async with serving(make_app()) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        async with connect(address, additional_headers=BEARER) as websocket:
            await websocket.recv()
            await websocket.send("x" * (2 * 1024 * 1024 + 1))
            await websocket.wait_closed()
            assert websocket.close_code == 1009


async def test_it_takes_as_many_cookies_as_the_page_does() -> None:
    headers = {**BEARER, "Cookie": "; ".join(f"other{n}={'x' * 1000}" for n in range(40))}
    async with serving(make_app()) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        async with connect(address, additional_headers=headers) as websocket:
            assert await websocket.recv()


async def test_nothing_is_compressed_twice() -> None:
    async with serving(make_app()) as server:
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        async with connect(address, additional_headers=BEARER) as websocket:
            assert websocket.response
            assert "sec-websocket-extensions" not in websocket.response.headers
            assert "uvicorn" not in str(websocket.response.headers)


async def test_who_speaks_to_a_peer_that_was_cut_off_learns_that_it_has_left() -> None:
    raised: asyncio.Queue[BaseException] = asyncio.Queue()

    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        try:
            await send({"type": "websocket.send", "text": "too late"})
        except Exception as error:
            raised.put_nowait(error)

    async with serving(late) as server:
        reader, writer = await opened(server)
        writer.write(UPGRADE)
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\xff" * 20)
        async with asyncio.timeout(30):
            assert isinstance(await raised.get(), OSError)
        writer.close()


async def test_thousands_of_frames_at_once_come_in_their_order_and_others_in_between() -> None:
    heard: list[str] = []
    ended = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            heard.append(message.get("text") or str(len(message["bytes"])))
        ended.set()

    count = 5000
    async with serving(app) as server:
        address = server.addresses[0].replace("http", "ws")
        async with connect(address) as one, connect(address) as other:
            burst = b"".join(
                Frame(Opcode.TEXT, str(number).encode()).serialize(mask=True)
                for number in range(count)
            )
            large = Frame(Opcode.BINARY, bytes(1_000_000)).serialize(mask=True)
            one.transport.write(burst + large)
            await other.send("other")
            async with asyncio.timeout(30):
                await (await other.ping())
                while len(heard) < count + 2:
                    await asyncio.sleep(0.01)
        await asyncio.wait_for(ended.wait(), 10)
    assert [text for text in heard if text != "other"] == [*map(str, range(count)), "1000000"]
    assert heard.index("other") < count, "it waited for one piece, not for all"


@pytest.mark.parametrize("cut", [1, 200, 300, 1023, 1024, 1025, 3000])
async def test_what_comes_in_parts_is_heard_to_its_end(cut: int) -> None:
    heard: asyncio.Queue[int] = asyncio.Queue()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            heard.put_nowait(len(message["bytes"]))

    sizes = [10, 2000, 30, 4000, 5]
    said = b"".join(Frame(Opcode.BINARY, bytes(size)).serialize(mask=True) for size in sizes)
    async with serving(app) as server:
        address = server.addresses[0].replace("http", "ws")
        async with connect(address) as one, asyncio.timeout(30):
            for begin in range(0, len(said), cut):
                one.transport.write(said[begin : begin + cut])
                await asyncio.sleep(0 if cut < 100 else 0.02)
            assert [await heard.get() for _ in sizes] == sizes


async def test_of_a_message_in_many_parts_nothing_is_kept_but_its_bytes() -> None:
    """Ten watchers had a million parts each of two bytes: 9 MB more every second."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            heard.put_nowait(message["bytes"])

    count = 5000
    async with serving(app) as server:
        address = server.addresses[0].replace("http", "ws")
        async with connect(address) as one, asyncio.timeout(30):
            part = Frame(Opcode.CONT, b"ab", fin=False).serialize(mask=True)
            empty = Frame(Opcode.CONT, b"", fin=False).serialize(mask=True)
            begin = Frame(Opcode.BINARY, b"", fin=False).serialize(mask=True)
            one.transport.write(begin + (part + empty) * count)
            await (await one.ping())
            (connection,) = (
                open_one
                for open_one in server._uvicorn.server_state.connections
                if isinstance(open_one, websocket_connection.WebSocketConnection)
            )
            assert [len(part) for part in connection.frames] == [2 * count]
            one.transport.write(Frame(Opcode.CONT, b"!").serialize(mask=True))
            told = await heard.get()
    assert isinstance(told, bytes)
    assert told == b"ab" * count + b"!"


async def test_a_peer_that_takes_nothing_gets_no_pongs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight watchers had 290 MB of them wait."""
    async with serving(flood) as server:
        _, writer = await stalled_websocket(server)
        (connection,) = server._uvicorn.server_state.connections
        assert isinstance(connection, websocket_connection.WebSocketConnection)
        async with asyncio.timeout(30):
            while connection.writable.is_set():
                await asyncio.sleep(0.05)
        answer, written = connection.handle_ping, list[int]()

        def note() -> None:
            before = connection.transport.get_write_buffer_size()
            answer()
            written.append(connection.transport.get_write_buffer_size() - before)

        monkeypatch.setattr(connection, "handle_ping", note)
        writer.write(Frame(Opcode.PING, bytes(125)).serialize(mask=True) * 100)
        async with asyncio.timeout(30):
            while len(written) < 100:
                await asyncio.sleep(0.05)
        assert written == [0] * 100
        writer.transport.abort()


async def test_an_application_knows_how_much_of_what_it_sent_has_not_come() -> None:
    left: list[int] = []

    async def asking(scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            await send(message)
            left.append(unacknowledged(scope[websocket_connection.SOCKET]))

        await flood(scope, receive, told)

    async with serving(asking) as server:
        _, writer = await stalled_websocket(server)
        async with asyncio.timeout(10):
            while not any(left):
                await asyncio.sleep(0.05)
        writer.close()


async def test_an_application_may_wait_until_what_it_sent_is_taken() -> None:
    """What waits for those who may only watch is counted where it waits, and not behind that."""
    left: list[int] = []

    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        async def taken(message: Message) -> None:
            await send(message)
            await asyncio.sleep(0)
            await scope[websocket_connection.TAKEN]()
            left.append(only(server).transport.get_write_buffer_size())

        await flood(scope, receive, taken)

    def only(server: HttpServer) -> websocket_connection.WebSocketConnection:
        (connection,) = server._uvicorn.server_state.connections
        assert isinstance(connection, websocket_connection.WebSocketConnection)
        return connection

    async with serving(waiting) as server:
        _, writer = await stalled_websocket(server)
        async with asyncio.timeout(30):
            while only(server).writable.is_set():
                await asyncio.sleep(0.05)
        assert only(server).transport.get_write_buffer_size() > max(left)
        assert max(left) <= 65_536
        writer.close()
