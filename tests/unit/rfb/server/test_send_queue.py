from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from desktopd.rfb.protocol.fences import BEGIN
from desktopd.rfb.server.send_queue import PIECE, SendQueue
from desktopd.rfb.server.watchers_queues import WatchersQueues
from desktopd.rfb.viewers.connection import VIEWER_LEFT, Cause, Ending
from tests.unit.clock import Clock
from tests.unit.turns import until

GONE = Ending(Cause.SERVER_LEFT, "gone")


class Wire:
    """A viewer that takes what it is sent when it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.taken: list[bytes] = []
        self.open = asyncio.Event()
        self.open.set()
        self.failure: Exception | None = None
        self.unacknowledged = 0
        self.on_taken: Callable[[], None] = lambda: None

    async def receive(self) -> bytes | None:
        return None

    async def send(self, data: bytes) -> None:
        self.asked += 1
        await self.open.wait()
        if self.failure:
            raise self.failure
        self.taken.append(data)
        self.on_taken()
        await asyncio.sleep(0)


class Line:
    """A queue that sends."""

    def __init__(
        self, stall: float = 20.0, backlog: int = 100, watchers: WatchersQueues | None = None
    ) -> None:
        self.wire = Wire()
        self.sent: list[int] = []
        self.send_queue = SendQueue(self.wire, stall, backlog, self.sent.append, watchers)
        self.running = asyncio.create_task(self.send_queue.run())

    async def all_taken(self) -> None:
        await until(lambda: self.send_queue.empty)

    async def asked(self, times: int) -> None:
        await until(lambda: self.wire.asked == times)

    async def end(self) -> Ending:
        return await asyncio.wait_for(self.running, 10)


async def test_a_measuring_fence_ends_its_message() -> None:
    line = Line()
    for part in (b"one", b"two", BEGIN, b"three", BEGIN, b"four", b"five"):
        line.send_queue.put(part)
    await line.all_taken()
    assert line.wire.taken == [b"onetwo" + BEGIN, b"three" + BEGIN, b"fourfive"]
    line.send_queue.put(BEGIN)
    await line.all_taken()
    assert line.wire.taken[-1] == BEGIN
    line.send_queue.end(GONE)
    assert await line.end() == GONE


async def test_what_has_come_together_is_sent_together_and_in_order() -> None:
    line = Line()
    for message in (b"one", b"two", b"three"):
        line.send_queue.put(message)
    assert not line.send_queue.empty
    await line.all_taken()
    assert line.wire.taken == [b"onetwothree"]
    assert line.sent == [11]
    line.send_queue.put(b"four")
    await line.all_taken()
    assert line.wire.taken == [b"onetwothree", b"four"]
    line.send_queue.end(GONE)
    assert await line.end() == GONE


async def test_it_is_not_empty_until_the_viewer_has_taken_everything() -> None:
    line = Line()
    line.wire.open.clear()
    line.send_queue.put(b"one")
    await line.asked(1)
    line.send_queue.put(b"two")
    assert not line.send_queue.empty
    line.wire.open.set()
    await line.all_taken()
    assert line.wire.taken == [b"one", b"two"]
    assert line.send_queue.empty
    line.send_queue.end(GONE)
    await line.end()


async def test_one_large_message_may_be_more_than_may_wait_behind_it() -> None:
    line = Line(backlog=10)
    line.send_queue.put(bytes(1000))
    line.wire.open.clear()
    await line.asked(1)
    line.send_queue.put(bytes(10))
    assert not line.running.done()
    line.send_queue.put(b"x")
    ending = await line.end()
    assert ending.cause is Cause.BACKLOG_FULL
    assert "10 bytes" in ending.detail


async def test_what_is_large_goes_piece_by_piece() -> None:
    """Of a raw picture of 33 MB the transport had all besides, and its framing once more."""
    line = Line()
    line.send_queue.put(whole := bytes(range(250)) * (PIECE // 100))
    await line.all_taken()
    assert b"".join(line.wire.taken) == whole
    assert [len(piece) for piece in line.wire.taken] == [PIECE, PIECE, len(whole) - 2 * PIECE]
    assert line.sent == [len(whole)]
    line.send_queue.end(GONE)
    assert await line.end() == GONE


async def test_what_waited_is_forgotten_once_it_is_on_its_way() -> None:
    line = Line(backlog=10)
    for turn in range(20):
        line.wire.open.clear()
        line.send_queue.put(b"first")
        await line.asked(2 * turn + 1)
        line.send_queue.put(bytes(10))
        line.wire.open.set()
        await line.all_taken()
    assert not line.running.done()
    line.send_queue.end(GONE)
    await line.end()


async def test_a_viewer_that_takes_nothing_has_stalled() -> None:
    line = Line(stall=0.05)
    line.wire.open.clear()
    line.send_queue.put(b"one")
    ending = await line.end()
    assert ending.cause is Cause.VIEWER_STALLED
    assert "0.05 s" in ending.detail


@pytest.mark.parametrize("watches", [False, True], ids=["in control", "only watching"])
async def test_a_viewer_has_time_for_each_piece_and_a_watcher_for_all(
    monkeypatch: pytest.MonkeyPatch, *, watches: bool
) -> None:
    clock = Clock()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", clock)
    line = Line(stall=20, watchers=WatchersQueues() if watches else None)
    line.wire.on_taken = lambda: clock.pass_by(12)
    line.send_queue.put(bytes(5 * PIECE))
    while not (line.send_queue.empty or line.running.done()):
        await asyncio.sleep(0)
    if watches:
        assert (await line.running).cause is Cause.VIEWER_STALLED
    else:
        assert line.sent == [5 * PIECE]
        line.send_queue.end(GONE)
        assert await line.end() == GONE


async def test_a_viewer_that_left() -> None:
    line = Line()
    line.wire.failure = ConnectionResetError()
    line.send_queue.put(b"one")
    assert await line.end() == VIEWER_LEFT


async def test_the_end_does_not_wait_for_a_viewer_that_takes_nothing() -> None:
    line = Line()
    line.wire.open.clear()
    line.send_queue.put(b"one")
    await line.asked(1)
    line.send_queue.end(GONE)
    line.send_queue.end(VIEWER_LEFT)
    line.send_queue.put(b"two")
    assert await line.end() == GONE
    assert line.wire.taken == []


async def test_what_goes_wrong_in_the_transport_is_not_hidden() -> None:
    line = Line()
    line.wire.failure = RuntimeError("a bug")
    line.send_queue.put(b"one")
    with pytest.raises(RuntimeError, match="a bug"):
        await line.end()


async def test_what_is_said_before_anything_is_sent_counts_but_for_one_picture() -> None:
    line = Line(backlog=10)
    line.send_queue.put(b"light")
    line.send_queue.put(bytes(1000))
    await line.all_taken()
    for _ in range(3):
        line.send_queue.put(bytes(6))
    assert (await line.end()).cause is Cause.BACKLOG_FULL


async def test_answers_that_end_their_messages_count_until_they_are_taken() -> None:
    line = Line(backlog=100)
    line.wire.open.clear()
    line.send_queue.put(BEGIN)
    await line.asked(1)
    for _ in range(100 // len(BEGIN)):
        line.send_queue.put(BEGIN)
    assert not line.running.done()
    line.send_queue.put(BEGIN)
    assert (await line.end()).cause is Cause.BACKLOG_FULL


async def test_where_too_much_waits_for_watchers_those_go_for_whom_most_does() -> None:
    """Sixty who took nothing held 340 MB in pictures, fifty who asked for the pointer 200 MB."""
    watchers = WatchersQueues(most=2 * (39 + 89 + 9))
    lines = [Line(backlog=1000, watchers=watchers) for _ in range(4)]
    for line, waiting in zip(lines, (40, 90, 500, 10), strict=True):
        line.wire.open.clear()
        line.send_queue.put(bytes(waiting - 1))
        await line.asked(1)
    assert not lines[2].running.done(), "one may have a large picture"
    lines[3].send_queue.put(b"x")
    assert (await lines[2].end()).cause is Cause.BACKLOG_FULL
    assert [line.running.done() for line in lines] == [False, False, True, False]
    lines[0].wire.open.set()
    await lines[0].all_taken()
    lines[0].send_queue.put(bytes(95))
    await lines[0].all_taken()
    for line in (lines[0], lines[1], lines[3]):
        assert not line.running.done(), "what is taken waits no more"
        line.send_queue.end(GONE)
        await line.end()
