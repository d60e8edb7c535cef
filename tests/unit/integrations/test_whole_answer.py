"""What comes instead of an answer of the hub is one error, in time, whatever it is."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from desktopd.integrations import hub as hub_module
from desktopd.integrations.hub import Hub, HubError
from tests.unit.integrations.hub_api import variables

OK = b"HTTP/1.1 200 OK\r\n"
NO_ANSWERS = {
    "closed": b"",
    "no HTTP": b"oops\r\n\r\n",
    "cut": OK + b'Content-Length: 100\r\n\r\n{"a":',
    "cut before its first byte": OK + b"Content-Length: 100\r\n\r\n",
    "cut in a chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n20\r\n{}",
    "cut before a chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n",
    "a chunk of no length": OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}",
    "too many headers": OK + b"A: b\r\n" * 200 + b"\r\n",
    "a header without end": OK + b"A: " + b"b" * 70_000,
    "no JSON": OK + b"\r\n<html>",
    "no UTF-8": OK + b"\r\n\xff",
    "no object": OK + b"\r\n[]",
    "nothing": OK + b"\r\nnull",
    "deep": OK + b"\r\n" + b"[" * 200_000,
    "a number that is too long": OK + b"\r\n" + b"1" * 10_000,
    "endless": OK + b"\r\n" + b" " * (1 << 22) + b"{}",
    "a redirect to itself": b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
    "a redirect to no address": b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n",
}
WRONG = ("{}", '{"scopes": null}', '{"scopes": "access:servers"}', '{"scopes": 1}')


@asynccontextmanager
async def answering(said: bytes, pause: float | None = None) -> AsyncIterator[Hub]:
    """A hub that says this to all, at once, or byte by byte with a `pause` after each."""

    answers = set[asyncio.Task[None]]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            answers.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            if length := re.search(rb"Content-Length: (\d+)", head, re.IGNORECASE):
                await reader.readexactly(int(length[1]))
            for piece in [said] if pause is None else [bytes([byte]) for byte in said]:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause or 0)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield Hub.of(variables(server.sockets[0].getsockname()[1]))
        await asyncio.gather(*answers)


async def asked(hub: Hub, what: str) -> None:
    """One of the three questions."""
    if what == "user":
        await hub.user("token")
    elif what == "code":
        await hub.access_token("code", "verifier")
    else:
        await hub.report(0.0)


@pytest.mark.parametrize("what", ["user", "code", "report"])
@pytest.mark.parametrize("kind", NO_ANSWERS)
async def test_no_answer_is_an_error_of_the_hub(kind: str, what: str) -> None:
    async with answering(NO_ANSWERS[kind]) as hub:
        with pytest.raises(HubError):
            await asked(hub, what)


@pytest.mark.parametrize("what", ["user", "code"])
async def test_an_answer_that_breaks_off_in_its_headers_tells_nothing(what: str) -> None:
    async with answering(OK + b"Content-Le") as hub:
        with pytest.raises(HubError):
            await asked(hub, what)


@pytest.mark.parametrize("wrong", WRONG)
async def test_an_answer_without_scopes_is_none(wrong: str) -> None:
    async with answering(OK + b"\r\n" + wrong.encode()) as hub:
        with pytest.raises(HubError, match="scopes"):
            await hub.user("token")


@pytest.mark.parametrize("wrong", ["{}", '{"access_token": null}', '{"access_token": 1}'])
async def test_an_answer_without_a_token_is_none(wrong: str) -> None:
    async with answering(OK + b"\r\n" + wrong.encode()) as hub:
        with pytest.raises(HubError, match="access_token"):
            await hub.access_token("code", "verifier")


@pytest.mark.parametrize("begins", [b"HTTP", OK, OK + b"\r\n"], ids=["status", "header", "body"])
async def test_a_hub_that_drips_has_one_time_for_all(
    begins: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "REQUEST_SECONDS", 0.4)
    async with answering(begins + b"A" * 1000, pause=0.05) as hub:
        began = time.monotonic()
        with pytest.raises(HubError, match=r"0\.4 s|timed out"):
            await hub.user("token")
        assert time.monotonic() - began < 3


async def test_an_answer_in_chunks_or_up_to_the_end_of_the_connection_is_one() -> None:
    body = json.dumps({"name": "ada", "scopes": ["a", 1]}).encode()
    in_chunks = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    for said in (in_chunks, b"\r\n" + body):
        async with answering(OK + said) as hub:
            user = await hub.user("token")
            assert user is not None
            assert (user.name, user.scopes) == ("ada", {"a"})


async def test_nobody_else_is_sent_what_the_hub_is_shown() -> None:
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(1000))
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as elsewhere:
        port = elsewhere.sockets[0].getsockname()[1]
        for scheme in ("http", "https", "ftp"):
            sent = f"Location: {scheme}://127.0.0.1:{port}/\r\nContent-Length: 0\r\n\r\n"
            for status in (b"301", b"302", b"303", b"307", b"308"):
                head = b"HTTP/1.1 " + status + b" Elsewhere\r\n"
                async with answering(head + sent.encode()) as hub:
                    with pytest.raises(HubError, match="sends elsewhere"):
                        await hub.user("token")
        assert heard == []
