"""Answers that a client does not take."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from desktopd.http.serving import leeway
from desktopd.http.serving.leeway import STRANGERS_BUFFER
from desktopd.http.serving.request_connection import break_off, let_in
from tests.unit.http.desktop import make_app, opened, serving


async def let_in_or_not(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with much, but in short to whoever asks for /short; /cut ends before its end."""
    if scope["path"] != "/stranger":
        let_in(scope)
    if scope["path"] == "/short":
        await PlainTextResponse("here")(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/cut":
        body = bytes(16 * 1024 * 1024)
        await send({"type": "http.response.body", "body": body, "more_body": True})
        break_off(scope)
        return
    for _ in range(256):
        await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})


@pytest.mark.parametrize("path", ["/stranger", "/cut"])
async def test_whoever_has_no_right_any_more_has_nothing_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(leeway, "TAKE_DEADLINE", 0.3)
    async with serving(let_in_or_not) as server:
        state = server._uvicorn.server_state
        host, port = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(host, port, limit=1024)
        writer.write(b"GET /short HTTP/1.1\r\n\r\n")
        await reader.readuntil(b"here")
        (connection,) = state.connections
        writer.write(f"GET {path} HTTP/1.1\r\n\r\n".encode())
        async with asyncio.timeout(30):
            while not connection.flow.write_paused:
                await asyncio.sleep(0)
            if path == "/stranger":
                assert connection.transport.get_write_buffer_limits()[1] == STRANGERS_BUFFER
            while state.connections:
                await asyncio.sleep(0.05)
        writer.transport.abort()


async def test_an_answer_that_nobody_takes_is_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leeway, "TAKE_DEADLINE", 0.3)
    large = tmp_path / "assets" / "large.js"
    large.parent.mkdir()
    large.write_bytes(bytes(64 * 1024 * 1024))
    async with serving(make_app(static=tmp_path)) as server:
        with socket.create_connection(server.sockets[0].getsockname()) as stranger:
            stranger.sendall(b"GET /assets/large.js HTTP/1.1\r\nHost: desk.test\r\n\r\n")
            state = server._uvicorn.server_state
            async with asyncio.timeout(30):
                while not state.connections:
                    await asyncio.sleep(0)
                while state.connections:
                    await asyncio.sleep(0.05)
        monkeypatch.undo()
        reader, writer = await opened(server)
        writer.write(b"GET /assets/large.js HTTP/1.1\r\nHost: desk.test\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(64 * 1024 * 1024), "who takes it gets it"
        writer.close()


async def test_little_waits_for_strangers_who_take_nothing(tmp_path: Path) -> None:
    large = tmp_path / "assets" / "large.js"
    large.parent.mkdir()
    large.write_bytes(bytes(16 * 1024 * 1024))
    async with serving(make_app(static=tmp_path)) as server, contextlib.AsyncExitStack() as stack:
        for _ in range(4):
            stranger = stack.enter_context(
                socket.create_connection(server.sockets[0].getsockname())
            )
            stranger.sendall(b"GET /assets/large.js HTTP/1.1\r\nHost: desk.test\r\n\r\n")
        state = server._uvicorn.server_state
        async with asyncio.timeout(30):
            while len(state.connections) < 4 or not all(
                connection.flow.write_paused for connection in state.connections
            ):
                await asyncio.sleep(0.05)
        for connection in state.connections:
            assert connection.transport.get_write_buffer_size() < 128 * 1024
