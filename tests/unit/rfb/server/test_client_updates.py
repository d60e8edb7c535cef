"""When a viewer gets an update, and what it has to be like."""

from __future__ import annotations

import asyncio

from desktopd.geometry import Rectangle
from desktopd.rfb.protocol import fences, server_messages
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.fences import FenceFlag
from desktopd.rfb.protocol.pixel_format import PixelFormat
from desktopd.rfb.server.client_updates import (
    SPEECHLESS,
    SPEECHLESS_AT_ALL,
    WITHOUT_VIDEO,
)
from desktopd.rfb.viewers.connection import Cause
from desktopd.rfb.viewers.viewer import Role
from tests.unit.rfb.server.talk import (
    FENCED,
    HELLO,
    LIMITS,
    SIZE,
    WHOLE,
    Talk,
    client_fence,
    continuous_updates,
    request,
    set_encodings,
    set_pixel_format,
)


async def test_a_picture_is_sent_only_when_it_was_asked_for() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(Encoding.TIGHT))
    assert talk.claim() is None
    await talk.hears(request(False))
    assert talk.gets(b"picture").anew == WHOLE
    assert talk.claim() is None
    assert await talk.hears() == b"picture"
    assert talk.claim() is None
    await talk.hears(request(True))
    assert talk.gets(b"").anew is None
    assert talk.gets(b"").anew is None, "the request is still to be answered"
    await talk.end()


async def test_what_was_asked_for_already_wakes_nobody() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(Encoding.TIGHT), request(False))
    assert talk.gets(b"picture")
    await talk.hears(request(True))
    before = talk.display.looks
    await talk.hears(*[request(True)] * 100)
    assert talk.display.looks == before
    await talk.hears(request(False))
    assert talk.display.looks == before + 1
    await talk.end()


async def test_areas_that_are_asked_for_again_come_together() -> None:
    talk = Talk()
    await talk.hears(
        HELLO,
        set_encodings(Encoding.TIGHT),
        request(False, Rectangle(10, 20, 30, 40)),
        request(False, Rectangle(100, 10, 20, 20)),
    )
    assert talk.gets(b"picture").anew == Rectangle(10, 10, 110, 50)
    await talk.end()


async def test_another_pixel_format_begins_the_picture_anew() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(Encoding.TIGHT), request(False))
    talk.gets(b"picture")
    target = PixelFormat(16, 16, True, True, 31, 63, 31, 11, 5, 0)
    await talk.hears(set_pixel_format(target), request(True))
    wanted = talk.gets(b"")
    assert wanted.preferences.pixel_format == target
    assert wanted.anew == Rectangle.of(SIZE)
    mapped = PixelFormat(8, 8, False, False, 0, 0, 0, 0, 0, 0)
    assert await talk.hears(set_pixel_format(mapped)) == server_messages.set_colour_map_entries()
    await talk.end()


async def test_whoever_may_only_watch_chooses_no_level_that_takes_long() -> None:
    """All others wait while one picture of a 4K screen is made, which took 2 s at level 9."""
    for role, level in ((Role.VIEW, 2), (Role.CONTROL, 9)):
        talk = Talk(role)
        levels = set_encodings(Encoding.TIGHT, Encoding.COMPRESSION_LEVEL_9)
        await talk.hears(HELLO, levels, request(False))
        claimed = talk.claim()
        assert claimed is not None
        assert claimed.preferences.compression == level
        await talk.end()


async def test_continuous_updates_are_paced_by_fences() -> None:
    talk = Talk()
    heard = await talk.hears(
        HELLO, set_encodings(*FENCED, Encoding.CONTINUOUS_UPDATES), continuous_updates(True)
    )
    assert server_messages.end_of_continuous_updates() in heard
    sent = 0
    while wanted := talk.claim():
        talk.deliver(wanted, bytes(30_000))
        await talk.hears()
        sent += 1
    assert 1 < sent < 10
    await talk.hears(client_fence((sent + 1).to_bytes(4), 1))
    talk.gets(b"picture")
    await talk.end()


async def test_who_reads_nothing_for_long_gets_no_video_either() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(*FENCED), request(False))
    talk.gets(b"picture")
    updates, now = talk.client.updates, asyncio.get_running_loop().time()
    assert updates.watch(now + SPEECHLESS_AT_ALL - 1, LIMITS.stall) is None
    assert talk.viewer.codec == "h264"
    assert updates.watch(now + SPEECHLESS_AT_ALL + 1, LIMITS.stall) is None
    assert talk.viewer.codec == "jpeg"
    await talk.end()


async def test_who_answers_no_fence_gets_no_video_for_a_while_and_is_ended_at_last() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(*FENCED), request(False))
    await talk.hears(client_fence((1).to_bytes(4), 1))
    talk.gets(b"picture")
    updates, now = talk.client.updates, asyncio.get_running_loop().time()
    assert talk.viewer.codec == "h264"
    assert updates.watch(now + SPEECHLESS - 1, LIMITS.stall) is None
    assert talk.viewer.codec == "h264"
    assert updates.watch(now + SPEECHLESS + 1, LIMITS.stall) is None
    assert talk.viewer.codec == "h264", "the link may be silent"
    assert fences.fence(FenceFlag.REQUEST, b"alive") in await talk.hears()
    await talk.hears(client_fence(b"alive", 0))
    assert updates.watch(now + SPEECHLESS + 1, LIMITS.stall) is None
    assert talk.viewer.codec == "jpeg", "it reads, and draws nothing"
    await talk.hears(request(True))
    assert talk.gets(b"").anew == Rectangle.of(SIZE)
    await talk.hears(set_encodings(*FENCED))
    assert talk.viewer.codec == "jpeg"
    ending = updates.watch(now + LIMITS.stall + 1, LIMITS.stall)
    assert ending is not None
    assert ending.cause is Cause.VIEWER_STALLED
    await talk.hears(client_fence((2).to_bytes(4), 1))
    assert updates.watch(now + 2 * WITHOUT_VIDEO, LIMITS.stall) is None
    assert talk.viewer.codec == "h264"
    await talk.end()
