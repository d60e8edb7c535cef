"""What strangers send is read in turns, and others wait for none of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Hashable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from desktopd.http.serving.leeway import STRANGERS_BUFFER
from desktopd.http.serving.request_connection import CONNECTION, let_in
from desktopd.tls.certificate import Certificate
from desktopd.turns import RequestTurns, Turn
from tests.noted_turns import noted_turns
from tests.unit.certificate import certificate
from tests.unit.http.desktop import make_app, opened, rest, serving
from tests.unit.http.serving.crowd import PLACES, answer, crowded, strangers


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
        def take(self, address: str, work: Callable[[], None], **who: Hashable) -> Turn:
            known.append(who.get("known"))
            return super().take(address, work, **who)

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


async def test_little_of_strangers_waits_for_its_turn_and_nothing_of_those_who_are_gone() -> None:
    """Those who said 250 KB each and were closed for others had a gigabyte wait."""
    waiting: list[Turn] = []

    class Stuck(RequestTurns):
        def take(self, address: str, work: Callable[[], None], **who: Hashable) -> Turn:
            waiting.append(Turn(work))
            return waiting[-1]

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
        works = [turn.take_work() for turn in waiting]
        assert works[: 2 * PLACES] == [None] * 2 * PLACES
        held = [work.args for work in works if isinstance(work, partial)]
        assert [len(data) for (data,) in held] == [STRANGERS_BUFFER] * PLACES
