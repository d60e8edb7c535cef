from __future__ import annotations

import asyncio

import pytest

from desktopd.rfb.server.send_queue import SendQueue
from desktopd.rfb.viewers.connection import VIEWER_LEFT, Cause, Ending

GONE = Ending(Cause.SERVER_LEFT, "gone")


class Wire:
    """A viewer that takes what it is sent when it is let."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.open = asyncio.Event()
        self.open.set()
        self.failure: Exception | None = None

    async def receive(self) -> bytes | None:
        return None

    async def send(self, data: bytes) -> None:
        await self.open.wait()
        if self.failure:
            raise self.failure
        self.taken.append(data)


async def settled() -> None:
    """Let everybody do what can be done now."""
    for _ in range(10):
        await asyncio.sleep(0)


class Desk:
    """An outbox that runs."""

    def __init__(self, stall: float = 20.0, backlog: int = 100) -> None:
        self.wire = Wire()
        self.sent: list[int] = []
        self.send_queue = SendQueue(self.wire, stall, backlog, self.sent.append)
        self.running = asyncio.create_task(self.send_queue.run())

    async def end(self) -> Ending:
        return await asyncio.wait_for(self.running, 10)


async def test_what_comes_after_one_apart_is_not_sent_with_it() -> None:
    desk = Desk()
    desk.send_queue.put(b"one")
    desk.send_queue.put(b"two", apart=True)
    desk.send_queue.put(b"three", apart=True)
    desk.send_queue.put(b"four")
    desk.send_queue.put(b"five")
    await settled()
    assert desk.wire.taken == [b"onetwo", b"three", b"fourfive"]
    assert desk.send_queue.empty
    desk.send_queue.put(b"six", apart=True)
    await settled()
    assert desk.wire.taken[-1] == b"six"
    assert desk.send_queue.empty
    desk.send_queue.end(GONE)
    assert await desk.end() == GONE


async def test_what_has_come_together_is_sent_together_and_in_order() -> None:
    desk = Desk()
    for message in (b"one", b"two", b"three"):
        desk.send_queue.put(message)
    assert not desk.send_queue.empty
    await settled()
    assert desk.wire.taken == [b"onetwothree"]
    assert desk.sent == [11]
    assert desk.send_queue.empty
    desk.send_queue.put(b"four")
    await settled()
    assert desk.wire.taken == [b"onetwothree", b"four"]
    desk.send_queue.end(GONE)
    assert await desk.end() == GONE


async def test_it_is_not_empty_until_the_viewer_has_taken_everything() -> None:
    desk = Desk()
    desk.wire.open.clear()
    desk.send_queue.put(b"one")
    await settled()
    desk.send_queue.put(b"two")
    assert not desk.send_queue.empty
    desk.wire.open.set()
    await settled()
    assert desk.wire.taken == [b"one", b"two"]
    assert desk.send_queue.empty
    desk.send_queue.end(GONE)
    await desk.end()


async def test_one_large_message_may_be_more_than_may_wait_behind_it() -> None:
    desk = Desk(backlog=10)
    desk.send_queue.put(bytes(1000))
    desk.wire.open.clear()
    await settled()
    desk.send_queue.put(bytes(10))
    assert not desk.running.done()
    desk.send_queue.put(b"x")
    ending = await desk.end()
    assert ending.cause is Cause.BACKLOG_FULL
    assert "10 bytes" in ending.detail


async def test_what_waited_is_forgotten_once_it_is_on_its_way() -> None:
    desk = Desk(backlog=10)
    for _ in range(20):
        desk.wire.open.clear()
        desk.send_queue.put(b"first")
        await settled()
        desk.send_queue.put(bytes(10))
        desk.wire.open.set()
        await settled()
    assert not desk.running.done()
    desk.send_queue.end(GONE)
    await desk.end()


async def test_a_viewer_that_takes_nothing_has_stalled() -> None:
    desk = Desk(stall=0.05)
    desk.wire.open.clear()
    desk.send_queue.put(b"one")
    ending = await desk.end()
    assert ending.cause is Cause.VIEWER_STALLED
    assert "0.05 s" in ending.detail


async def test_a_viewer_that_left() -> None:
    desk = Desk()
    desk.wire.failure = ConnectionResetError()
    desk.send_queue.put(b"one")
    assert await desk.end() == VIEWER_LEFT


async def test_the_end_does_not_wait_for_a_viewer_that_takes_nothing() -> None:
    desk = Desk()
    desk.wire.open.clear()
    desk.send_queue.put(b"one")
    await settled()
    desk.send_queue.end(GONE)
    desk.send_queue.end(VIEWER_LEFT)
    desk.send_queue.put(b"two")
    assert await desk.end() == GONE
    assert desk.wire.taken == []


async def test_what_goes_wrong_in_the_transport_is_not_hidden() -> None:
    desk = Desk()
    desk.wire.failure = RuntimeError("a bug")
    desk.send_queue.put(b"one")
    with pytest.raises(RuntimeError, match="a bug"):
        await desk.end()
