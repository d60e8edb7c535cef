"""Connections over one pair of pipes: whole, apart from one another, ended with the pipe."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from desktopd.multiplexer import WINDOW, BrokenFrame, Multiplexer

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Pipes:
    """Makes connections, and closes them."""

    def __init__(self) -> None:
        self._writers: list[asyncio.StreamWriter] = []

    async def make(self) -> tuple[Pair, Pair]:
        """Two ends of a connection."""
        accepted: asyncio.Queue[Pair] = asyncio.Queue()
        server = await asyncio.start_server(lambda *pair: accepted.put_nowait(pair), "127.0.0.1", 0)
        here = await asyncio.open_connection(*server.sockets[0].getsockname())
        there = await accepted.get()
        server.close()
        self._writers += (here[1], there[1])
        return here, there

    async def close(self) -> None:
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*(w.wait_closed() for w in self._writers), return_exceptions=True)


@asynccontextmanager
async def made_pipes() -> AsyncIterator[Callable[[], Awaitable[tuple[Pair, Pair]]]]:
    """How to make connections that end with the block."""
    pipes = Pipes()
    try:
        async with asyncio.timeout(20):
            yield pipes.make
    finally:
        await pipes.close()


@asynccontextmanager
async def carried(serve: Serve) -> AsyncIterator[tuple[Callable[[], Awaitable[Pair]], Pair]]:
    """How to connect to what `serve` serves at the other end; and the pipe's end over there."""
    async with made_pipes() as pipes:
        here, there = await pipes()
        served: set[asyncio.Future[None]] = set()

        async def connect() -> Pair:
            outer, inner = await pipes()
            served.add(asyncio.ensure_future(serve(*inner)))
            return outer

        near, far = Multiplexer(*here), Multiplexer(*there, connect)
        running = [asyncio.ensure_future(near.run()), asyncio.ensure_future(far.run())]

        async def opened() -> Pair:
            outer, inner = await pipes()
            served.add(asyncio.ensure_future(near.carry(*inner)))
            return outer

        yield opened, there
        for _, writer in (here, there):
            writer.close()
        await asyncio.gather(*running)
        for task in served:
            task.cancel()
        await asyncio.wait(served)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.close()


async def test_what_is_sent_comes_back_whole_and_then_the_end() -> None:
    content = os.urandom(3 * WINDOW + 7)
    async with carried(echo) as (connect, _):
        reader, writer = await connect()
        writer.write(content)
        writer.write_eof()
        assert await reader.read(-1) == content


async def test_a_connection_that_nobody_reads_holds_up_no_other() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(1) == b"e":
            await echo(reader, writer)
        await asyncio.Event().wait()

    async with carried(silent) as (connect, _):
        _, stuck = await connect()
        stuck.write(bytes(40 * WINDOW))
        reader, writer = await connect()
        writer.write(b"e and more")
        assert await reader.readexactly(9) == b" and more"


async def test_what_cannot_be_connected_is_closed() -> None:
    async def refused() -> Pair:
        raise ConnectionRefusedError

    async with made_pipes() as pipes:
        here, there = await pipes()
        near, far = Multiplexer(*here), Multiplexer(*there, refused)
        running = [asyncio.ensure_future(near.run()), asyncio.ensure_future(far.run())]
        outer, inner = await pipes()
        await near.carry(*inner)
        assert await outer[0].read(-1) == b""
        here[1].close()
        await asyncio.gather(*running)


async def test_connections_end_with_the_pipe() -> None:
    async with carried(echo) as (connect, there):
        reader, writer = await connect()
        writer.write(b"x")
        assert await reader.readexactly(1) == b"x"
        there[1].close()
        assert await reader.read(-1) == b""


@pytest.mark.parametrize(
    "sent", [b"\x09" + bytes(9), b"\x01" + bytes(4) + b"\xff" * 5, bytes(9) + b"x", bytes(10)]
)
async def test_what_is_no_frame_is_refused(sent: bytes) -> None:
    async with made_pipes() as pipes:
        here, there = await pipes()
        there[1].write(sent)
        with pytest.raises(BrokenFrame):
            await Multiplexer(*here).run()
