"""What many viewers, bad viewers and viewers that only look can do to a display shown natively."""

from __future__ import annotations

import asyncio
import gc
import threading
from pathlib import Path

import numpy as np
import pytest
from Xlib import X

from desktopd.geometry import Size
from desktopd.rfb.encoders.h264.encoder import H264Encoder
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.extended_clipboard import Format, Notify, Provide, Request, parse
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.server import client_updates
from desktopd.rfb.viewers.connection import Cause, Limits
from desktopd.rfb.viewers.viewer import Role
from desktopd.x11.screen.grab import Grabber
from tests.rfb_viewer import COMMON, LOSSLESS, PHOTOS, VIDEO
from tests.unit.rfb.encoders.pictures import FORMATS
from tests.x11.native import MOVING, SECONDS, Painter, shared_memory, showing

CLIPBOARD = (*LOSSLESS, Encoding.EXTENDED_CLIPBOARD)


@pytest.mark.whole_machine
async def test_thirty_viewers_of_what_moves_are_encoded_for_once(
    start, connect, eventually, monkeypatch
):
    made = []

    encode = H264Encoder.encode

    def counted(*arguments, **options):
        made.append(options["key"])
        return encode(*arguments, **options)

    monkeypatch.setattr(H264Encoder, "encode", counted)
    async with showing(start(size=Size(640, 480))) as shown:
        painter = await Painter.open(await connect(shown.server), Size(160, 144), 48, 32)
        viewers = [await shown.view() for _ in range(30)]
        for seen in viewers:
            seen.client.decodes_video = False
            await eventually(lambda seen=seen: seen.viewer.exact)
        made.clear()
        async with painter.painting():
            await eventually(lambda: min(seen.client.seen[Encoding.H264] for seen in viewers) > 10)
        sent = sum(seen.client.seen[Encoding.H264] for seen in viewers)
    assert len(made) < sent / 10


async def test_idle_sends_nothing_and_captures_nothing(shown, painter, eventually, monkeypatch):
    viewers = [await shown.view(kind) for kind in (VIDEO, PHOTOS, LOSSLESS)]
    await painter.paint()
    for seen in viewers:
        await eventually(lambda seen=seen: shown.is_exact(seen))
    grabbed = []
    grab = Grabber.grab
    monkeypatch.setattr(Grabber, "grab", lambda *args: grabbed.append(1) or grab(*args))
    before = [seen.client.received for seen in viewers]
    # That nothing happens can only be seen by waiting.
    await asyncio.sleep(1.5)
    assert [seen.client.received for seen in viewers] == before
    assert grabbed == []


@pytest.mark.whole_machine
async def test_a_viewer_that_stops_reading_costs_the_others_nothing(start, connect, eventually):
    async with showing(start(size=Size(640, 480)), limits=Limits(stall=2.0)) as shown:
        painter = await Painter.open(await connect(shown.server), MOVING, 48, 32)
        deaf, other = await shown.view(LOSSLESS), await shown.view(VIDEO)
        for seen in (deaf, other):
            await eventually(lambda seen=seen: shown.is_exact(seen))
        deaf.client.reads.clear()
        async with painter.painting():
            await eventually(deaf.served.done)
            assert other.client.seen[Encoding.H264] > 10
        assert deaf.served.result().cause is Cause.VIEWER_STALLED
        assert deaf.viewer.bytes_sent < 16 * 1024 * 1024
        deaf.client.reads.set()
        await eventually(lambda: shown.is_exact(other))


async def test_what_waits_for_a_viewer_that_does_not_read_is_bounded(start, connect, eventually):
    limits = Limits(stall=SECONDS, backlog=100_000)
    async with showing(start(size=Size(640, 480)), limits=limits) as shown:
        painter = await Painter.open(await connect(shown.server), MOVING, 48, 32)
        deaf = await shown.view((Encoding.RAW, *COMMON))
        await eventually(lambda: shown.is_exact(deaf))
        deaf.client.reads.clear()
        await painter.paint()
        question = b"\xf8\0\0\0\x80\0\0\1\x40" + bytes(64)
        asked = 0
        while not deaf.served.done():
            deaf.client.say(question * 100)
            asked += 100
            assert asked < 1_000_000
            await asyncio.sleep(0.005)
        assert deaf.served.result().cause is Cause.BACKLOG_FULL
        deaf.client.reads.set()


async def test_without_answers_to_fences_there_is_no_more_video(
    shown, painter, eventually, monkeypatch
):
    for name in ("SPEECHLESS", "SPEECHLESS_AT_ALL"):
        monkeypatch.setattr(client_updates, name, 0.5)
    monkeypatch.setattr(client_updates, "WITHOUT_VIDEO", 4.0)
    mute, other = await shown.view(), await shown.view()
    for seen in (mute, other):
        await eventually(lambda seen=seen: shown.is_exact(seen))
    assert mute.viewer.codec == "h264"
    async with painter.painting():
        await eventually(lambda: mute.client.seen[Encoding.H264] > 5)
        mute.client.answers_fences = False
        await eventually(lambda: mute.viewer.codec, "jpeg")
        assert not mute.served.done()
        before = mute.client.seen[Encoding.H264]
        start = other.client.seen[Encoding.H264]
        await eventually(lambda: other.client.seen[Encoding.H264] > start + 10)
        mute.client.answer_fences()
        photos = mute.client.means["jpeg"]
        await eventually(lambda: mute.client.means["jpeg"] > photos)
        assert mute.client.seen[Encoding.H264] <= before + 1
        await eventually(lambda: mute.viewer.codec, "h264")
        await eventually(lambda: mute.client.seen[Encoding.H264] > before + 5)
    for seen in (mute, other):
        await eventually(lambda seen=seen: shown.is_exact(seen))


async def test_a_viewer_that_never_answers_a_fence_is_dropped(start, connect, eventually):
    async with showing(start(size=Size(640, 480)), limits=Limits(stall=1.0)) as shown:
        mute = await shown.view()
        mute.client.answers_fences = False
        await eventually(mute.served.done)
        assert mute.served.result().cause is Cause.VIEWER_STALLED


async def test_a_viewer_that_only_looks_changes_nothing(shown, eventually):
    seen = await shown.view(CLIPBOARD, role=Role.VIEW)
    await eventually(lambda: shown.is_exact(seen))
    await shown.desktop.set_clipboard("kept")

    def state(display):
        pointer = display.screen().root.query_pointer()
        return pointer.root_x, pointer.root_y, pointer.mask, tuple(display.query_keymap())

    before = await shown.eyes.call(state)
    seen.client.key(ord("a"), True)
    seen.client.pointer(5, 7, 1)
    seen.client.cut_text("stolen")
    seen.client.extended_cut_text(Provide("stolen").data())
    seen.client.resize(800, 600)
    await eventually(lambda: seen.client.resizes[-1], (1, 1, 640, 480))
    assert await shown.eyes.call(state) == before
    assert shown.desktop.clipboard_text == "kept"
    assert shown.desktop.screen.size == Size(640, 480)
    assert seen.client.texts == []
    assert seen.client.cut_texts == []
    assert seen.viewer.last_input is None


async def test_typing_and_pointing(shown, eventually):
    seen = await shown.view()
    await eventually(lambda: shown.is_exact(seen))

    def pointer(display):
        found = display.screen().root.query_pointer()
        return found.root_x, found.root_y, bool(found.mask & X.Button1Mask)

    def keys(display):
        return any(display.query_keymap())

    seen.client.pointer(123, 45, 1)
    seen.client.key(ord("a"), True)
    await eventually(lambda: shown.eyes.call(pointer), (123, 45, True))
    await eventually(lambda: shown.eyes.call(keys))
    await seen.leave()
    await eventually(lambda: shown.eyes.call(pointer), (123, 45, False))
    await eventually(lambda: shown.eyes.call(keys), False)


async def test_texts_are_copied_both_ways(shown, eventually):
    old, new = await shown.view(LOSSLESS), await shown.view(CLIPBOARD)
    for seen in (old, new):
        await eventually(lambda seen=seen: shown.is_exact(seen))
    old.client.cut_text("caf\xe9")
    await eventually(lambda: shown.desktop.clipboard_text, "caf\xe9")
    new.client.extended_cut_text(Notify(Format.TEXT).data())
    await eventually(lambda: parse(new.client.cut_texts[-1]), Request(Format.TEXT))
    new.client.extended_cut_text(Provide("π is 3").data())
    await eventually(lambda: shown.desktop.clipboard_text, "π is 3")
    owner = shown.server.start("xclip", "-selection", "clipboard", "-i", stdin=-1)
    owner.communicate("größer".encode(), SECONDS)
    await eventually(lambda: old.client.texts[-1:], ["größer"])
    await eventually(lambda: parse(new.client.cut_texts[-1]), Notify(Format.TEXT))
    new.client.extended_cut_text(Request(Format.TEXT).data())
    await eventually(lambda: parse(new.client.cut_texts[-1]), Provide("größer"))


async def test_the_pointers_shape(shown, eventually):
    alpha = await shown.view((*LOSSLESS, Encoding.CURSOR_WITH_ALPHA, Encoding.CURSOR))
    plain = await shown.view((*LOSSLESS, Encoding.CURSOR))
    await eventually(lambda: [shape[0] for shape in alpha.client.cursors[:1]], [-314])
    await eventually(lambda: [shape[0] for shape in plain.client.cursors[:1]], [-239])
    shown.server.run("xsetroot", "-cursor_name", "watch")
    for seen in (alpha, plain):
        await eventually(lambda seen=seen: len(seen.client.cursors) > 1)
        assert seen.client.cursors[-1] != seen.client.cursors[0]


async def test_the_end_of_the_x_server_ends_the_viewers(start, connect, eventually):
    server = start(size=Size(640, 480))
    async with showing(server) as shown:
        painter = await Painter.open(await connect(server), MOVING)
        viewers = [await shown.view(kind) for kind in (VIDEO, (Encoding.RAW, *COMMON))]
        for seen in viewers:
            await eventually(lambda seen=seen: shown.is_exact(seen))
        viewers[1].client.reads.clear()
        await painter.paint()
        server.process.kill()
        for seen in viewers:
            await eventually(seen.served.done)
            assert seen.served.result().cause is Cause.SERVER_LEFT
        await eventually(shown.running.done)
        viewers[1].client.reads.set()


def resources() -> tuple[int, int, int, int]:
    """Threads, descriptors, tasks and pieces of shared memory of this process."""
    gc.collect()
    # The workers of all streams stay for as long as the process.
    threads = [thread for thread in threading.enumerate() if not thread.name.startswith("h264")]
    return (
        len(threads),
        len(list(Path("/proc/self/fd").iterdir())),
        len(asyncio.all_tasks()),
        shared_memory(),
    )


async def test_a_hundred_visits_leave_nothing_behind(shown, painter, eventually):
    async def visit(number: int) -> None:
        kinds = (VIDEO, PHOTOS, LOSSLESS, (Encoding.ZRLE, *COMMON))
        seen = await shown.view(kinds[number % 4])
        if number % 3:
            await eventually(lambda: seen.client.updates > 0)
        await seen.leave()

    async with painter.painting():
        await visit(1)
        before = resources()
        for number in range(100):
            await visit(number)
        await eventually(resources, before)


async def test_a_hundred_changes_of_what_a_viewer_wants(shown, painter, eventually):
    random = np.random.default_rng(3)
    seen = await shown.view()
    await eventually(lambda: shown.is_exact(seen))
    before = resources()
    async with painter.painting():
        for _ in range(100):
            chosen = [(VIDEO, PHOTOS, LOSSLESS, (Encoding.ZRLE, *COMMON))[random.integers(4)]]
            quality = Encoding.JPEG_QUALITY_0 + random.integers(10)
            level = Encoding.COMPRESSION_LEVEL_0 + random.integers(10)
            updates = seen.client.updates
            seen.client.set_encodings(
                [n for n in chosen[0] if not -32 <= n <= -23] + [int(quality), int(level)]
            )
            await eventually(lambda updates=updates: seen.client.updates > updates)
    seen.client.set_encodings(VIDEO)
    await eventually(lambda: shown.is_exact(seen))
    await eventually(resources, before)


async def test_changes_of_the_pixel_format(shown, painter, eventually):
    seen = await shown.view((Encoding.ZRLE, Encoding.DESKTOP_SIZE))
    await painter.paint()
    await eventually(lambda: shown.is_exact(seen))
    for target in (*FORMATS, NATIVE):
        # What is on its way is still of the old format: a viewer without fences asks for nothing
        # new, waits until nothing comes, and changes then (RFC 6143 section 7.5.1).
        seen.client.picture[:] = 0
        seen.client.set_pixel_format(target)
        seen.client.request(incremental=False)
        await eventually(lambda: shown.is_exact(seen))
        await painter.paint()
        await eventually(lambda: shown.is_exact(seen))


async def test_a_display_that_comes_and_goes_leaves_nothing_behind(start, eventually):
    server = start(size=Size(640, 480))

    async def show() -> None:
        async with showing(server) as shown:
            seen = await shown.view()
            await eventually(lambda: shown.is_exact(seen))

    await show()
    before = resources()
    for _ in range(10):
        await show()
    await eventually(resources, before)
