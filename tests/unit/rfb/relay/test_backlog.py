"""The relay where one side is slower than the other, or takes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from struct import pack

from desktopd.rfb.protocol.fences import BEGIN
from desktopd.rfb.relay.backlog import Backlog, WatchersBacklogs
from desktopd.rfb.viewers.connection import Cause, Limits
from desktopd.rfb.viewers.viewer import Role
from tests.unit.rfb.relay.relaying import USUAL, VERSION, key, relaying


async def test_the_server_is_read_while_the_viewer_is_not_reading() -> None:
    picture = b"".join(n.to_bytes(4) for n in range(2_000_000))
    async with relaying() as desk:
        await desk.connect()
        await desk.browser.sees(VERSION)
        desk.browser.reading.clear()
        await desk.server_sends(picture)
        assert desk.browser.messages == [VERSION]
        desk.say(key(0x61))
        await desk.server_hears(key(0x61))

        desk.browser.reading.set()
        await desk.browser.sees(picture[-4096:])
        assert b"".join(desk.browser.messages) == VERSION + picture
        assert max(map(len, desk.browser.messages)) <= 65536
        assert len(desk.browser.messages) < 2 * len(picture) / 65536


async def test_small_chunks_are_joined_into_messages_of_a_bounded_size() -> None:
    backlog = Backlog()
    for chunk in (b"aa", b"bbb", b"cc", b"d" * 9, b"e"):
        backlog.put(chunk)
    assert backlog.size == 17
    assert await backlog.take(6) == b"aabbb"
    assert backlog.size == 17
    assert await backlog.take(6) == b"cc"
    assert backlog.size == 12
    assert await backlog.take(6) == b"d" * 9
    backlog.close()
    assert await backlog.take(6) == b"e"
    assert await backlog.take(6) == b""
    assert backlog.size == 0


async def test_what_comes_after_a_measuring_fence_is_a_message_of_its_own() -> None:
    async with relaying() as desk:
        await desk.connect()
        await desk.browser.sees(VERSION)
        await desk.server_sends(b"picture" + BEGIN + b"next picture" + BEGIN)
        await desk.browser.sees(b"next picture" + BEGIN)
        assert desk.browser.messages[-2:] == [
            b"picture" + BEGIN,
            b"next picture" + BEGIN,
        ]
        desk.browser.reading.clear()
        await desk.server_sends(b"first")
        await desk.server_sends(BEGIN)
        await desk.server_sends(b"second")
        await asyncio.sleep(0.05)
        desk.browser.reading.set()
        await desk.browser.sees(b"second")
        assert desk.browser.messages[-1] == b"second"


async def test_a_viewer_too_far_behind_is_dropped() -> None:
    async with relaying(limits=Limits(backlog=1_000_000)) as desk:
        await desk.connect()
        desk.browser.reading.clear()
        await desk.server_sends(bytes(3_000_000))
        desk.server_writer.close()
        ending = await desk.ending()
        assert ending.cause is Cause.BACKLOG_FULL
        assert "1000000 bytes" in ending.detail


async def test_of_watchers_who_are_too_far_behind_together_the_furthest_is_dropped() -> None:
    watchers = WatchersBacklogs(1_000_000)
    async with (
        relaying(role=Role.VIEW, watchers=watchers) as greedy,
        relaying(role=Role.VIEW, watchers=watchers) as slow,
        relaying(watchers=watchers) as owner,
    ):
        for desk, behind in ((slow, 300_000), (owner, 3_000_000), (greedy, 900_000)):
            await desk.connect()
            desk.browser.reading.clear()
            await desk.server_sends(bytes(behind))
        assert (await greedy.ending()).cause is Cause.BACKLOG_FULL
        await slow.server_sends(bytes(500_000))
        await asyncio.sleep(0.05)
        assert not slow.task.done()
        assert not owner.task.done()


async def test_a_viewer_that_takes_nothing_is_dropped() -> None:
    async with relaying(limits=Limits(stall=0.1, closing=0.1)) as desk:
        await desk.connect()
        await desk.browser.sees(VERSION)
        desk.browser.reading.clear()
        await desk.server_sends(b"one byte too many")
        assert (await desk.ending()).cause is Cause.VIEWER_STALLED


async def test_a_slow_viewer_that_goes_on_is_kept() -> None:
    async with relaying(limits=Limits(stall=1.0, message=100)) as desk:
        await desk.connect()
        desk.browser.pace = 0.05
        await desk.server_sends(bytes(2500) + b"end")
        await desk.browser.sees(b"end")
        assert not desk.task.done()


async def test_a_server_that_leaves_is_heard_to_its_end() -> None:
    async with relaying() as desk:
        await desk.connect()
        await desk.browser.sees(VERSION)
        desk.browser.reading.clear()
        await desk.server_sends(bytes(1_000_000) + b"last words")
        desk.server_writer.close()
        desk.say(key(0x61), key(0x62), key(0x63))
        desk.browser.reading.set()
        assert (await desk.ending()).cause is Cause.SERVER_LEFT
        assert b"".join(desk.browser.messages).endswith(b"last words")


async def test_a_server_that_takes_no_input_holds_the_viewer_back() -> None:
    text = pack(">BxxxI", 6, 1_000_000) + bytes(1_000_000)
    async with relaying(limits=Limits(stall=0.1, closing=0.1)) as desk:
        await desk.connect()
        desk.say(*[text] * 10)
        assert (await desk.ending()).cause is Cause.SERVER_STALLED
        assert desk.browser.says.qsize() == 9


async def test_input_arrives_once_the_server_reads_again() -> None:
    text = pack(">BxxxI", 6, 1_000_000) + bytes(1_000_000)
    async with relaying() as desk:
        await desk.connect()
        desk.say(*[text] * 4)
        await desk.server_hears(text * 4)


def test_the_limits_are_those_promised() -> None:
    assert replace(USUAL, message=0) == Limits(
        backlog=16 * 2**20, stall=30.0, message=0, closing=2.0, clipboard=2**20, encodings=256
    )
