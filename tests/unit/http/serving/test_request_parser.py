"""Where one request ends and the next begins, as a proxy that keeps connections sees it too."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.http.desktop import TOKEN, exchange, make_app, opened, rest, serving
from tests.unit.http.serving.test_http_connection import GET


@pytest.mark.parametrize(
    "asked",
    [
        b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n",
        b"Upgrade: websocket\r\nUpgrade: h2c\r\nConnection: upgrade\r\n",
        b"Connection: upgrade\r\nConnection: keep-alive\r\nUpgrade: websocket\r\n",
    ],
)
async def test_a_request_for_another_protocol_is_read_to_its_end(asked: bytes) -> None:
    """A proxy that keeps connections sends the next request, somebody else's, behind its body."""
    body = b"token=" + TOKEN.encode() + b"&next=" + b"%20" * 5000
    head = b"POST /login HTTP/1.1\r\nHost: desk.test\r\nContent-Length: %d\r\n" % len(body)
    following = GET + b"Connection: close\r\n\r\n"
    async with serving(make_app()) as server:
        at_once = await exchange(server, head + asked + b"\r\n" + body + following)
        reader, writer = await opened(server)
        writer.write(head + asked + b"\r\n")
        await asyncio.sleep(0.1)
        writer.write(body + following)
        in_pieces = await rest(reader)
        writer.close()
    for answers in (at_once, in_pieces):
        statuses = [answer[:3] for answer in answers.split(b"HTTP/1.1 ")[1:]]
        assert statuses == [b"303", b"200"]


@pytest.mark.parametrize("behind", [GET + b"\r\n", b"more than was told\r\n"])
async def test_the_last_request_of_a_connection_is_answered_whatever_follows(
    behind: bytes,
) -> None:
    async with serving(make_app()) as server:
        answer = await exchange(server, GET + b"Connection: close\r\n\r\n" + behind)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("expected", [b"100-continue", b"x, 100-Continue", b"100-continue;x"])
async def test_nothing_follows_a_body_that_may_be_left_out(expected: bytes) -> None:
    """A proxy sends somebody else's request in its place, which would be taken for the body."""
    head = b"POST /api/app/restart HTTP/1.1\r\nHost: desk.test\r\n"
    expecting = b"Expect: %b\r\nContent-Length: 1000\r\n\r\n" % expected
    async with serving(make_app()) as server:
        answer = (await exchange(server, head + expecting)).lower()
    assert answer.startswith(b"http/1.1 401 ")
    assert b"\r\nconnection: close\r\n" in answer


@pytest.mark.parametrize(("version", "before"), [(b"1.0", b""), (b"1.1", b"HTTP/1.1 100 ")])
async def test_only_whoever_knows_it_is_told_to_go_on(version: bytes, before: bytes) -> None:
    head = b"POST /login HTTP/%b\r\nHost: desk.test\r\nConnection: close\r\n" % version
    expecting = b"Expect: 100-continue\r\nContent-Length: 7\r\n\r\n"
    async with serving(make_app()) as server:
        answer = await exchange(server, head + expecting + b"token=x")
    assert answer.startswith(before or b"HTTP/1.1 401 ")


@pytest.mark.parametrize("end", [b"Connection: close\r\n\r\n", b"no trailer\r\n"])
async def test_nothing_follows_what_is_answered_before_its_end(end: bytes) -> None:
    """A proxy would take what is said of the end for the answer to somebody else's request."""
    chunked = GET + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n"
    async with serving(make_app()) as server:
        reader, writer = await opened(server)
        writer.write(chunked)
        answer = await reader.readuntil(b'{"status":"ok"}')
        assert b"\r\nconnection: close\r\n" in answer
        writer.write(b"0\r\n" + end)
        assert await rest(reader) == b""
        writer.close()


async def test_trailers_may_end_a_connection() -> None:
    chunked = GET + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
    async with serving(make_app()) as server:
        answer = await exchange(server, chunked + b"Connection: close\r\n\r\n")
    assert b"\r\nconnection: close\r\n" in answer
