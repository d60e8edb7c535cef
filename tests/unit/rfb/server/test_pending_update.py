"""The update that the loop and the X thread share, one step at a time and under fire."""

from __future__ import annotations

import asyncio
import gc
import re
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.fences import FenceFlag, fence
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from desktopd.rfb.server.client_state import ClientState, Update, UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.pending_update import PendingUpdate
from tests.unit.rfb.server.talk import (
    HELLO,
    WHOLE,
    Talk,
    client_fence,
    continuous_updates,
    request,
    set_encodings,
    set_pixel_format,
)
from tests.unit.turns import until

LEFT, RIGHT = Rectangle(0, 0, 16, 16), Rectangle(48, 16, 16, 16)
CHANGES = 300
LEVELS = 10
INTERRUPTION = 2e-5  # seconds


class Link:
    """A sender that can take what it is told to."""

    def __init__(self) -> None:
        self.free = self.almost_free = True
        self.rate = 1000.0
        self.late = 0.0

    def ready(self, *, lenient: bool = False) -> bool:
        return self.free or (lenient and self.almost_free)


@pytest.fixture
def link() -> Link:
    return Link()


@pytest.fixture
def pending(link: Link) -> PendingUpdate:
    return PendingUpdate(link)  # type: ignore[arg-type]


@pytest.fixture
def framebuffer() -> Framebuffer:
    return Framebuffer(Size(64, 32))


def test_an_update_is_welcome_when_it_was_asked_for_and_the_link_is_free(
    pending: PendingUpdate, link: Link
) -> None:
    assert pending.claim() is None
    pending.request(None)
    link.free = False
    assert pending.claim() is None
    assert pending.claim(lenient=True) is not None


def test_there_is_one_at_a_time(pending: PendingUpdate, framebuffer: Framebuffer) -> None:
    pending.push(continuous=True)
    assert pending.claim() is not None
    assert pending.claim() is None
    pending.deliver(Update(ClientState(framebuffer), b"picture"))
    assert pending.claim() is not None


def test_a_request_is_answered_by_an_update_that_was_sent(
    pending: PendingUpdate, framebuffer: Framebuffer
) -> None:
    state = ClientState(framebuffer)
    pending.request(None)
    assert pending.claim() is not None
    pending.deliver(Update(state))
    assert pending.claim() is not None
    pending.deliver(Update(state, b"picture"))
    assert pending.claim() is None


def test_what_has_to_come_again_is_claimed_once(
    pending: PendingUpdate, framebuffer: Framebuffer
) -> None:
    pending.push(continuous=True)
    pending.request(LEFT)
    pending.redraw(RIGHT)
    claimed = pending.claim()
    assert claimed is not None
    assert claimed.anew == Rectangle(0, 0, 64, 32)
    pending.redraw(RIGHT)
    pending.deliver(Update(ClientState(framebuffer), b"picture"))
    claimed = pending.claim()
    assert claimed is not None
    assert claimed.anew == RIGHT


def test_a_viewer_lacks_what_it_has_not_got_or_not_exactly(
    pending: PendingUpdate, framebuffer: Framebuffer
) -> None:
    assert pending.outdated(framebuffer, refine=False)
    state = ClientState(framebuffer, since=framebuffer.sequence)
    pending.deliver(Update(state, b"picture"))
    assert not pending.outdated(framebuffer, refine=True)
    # What the X thread has made lossy counts before it is delivered.
    state.lossy[0, 0] = True
    assert pending.outdated(framebuffer, refine=True)
    assert not pending.outdated(framebuffer, refine=False)
    pending.redraw(LEFT)
    assert pending.outdated(framebuffer, refine=False)
    assert pending.outdated(Framebuffer(framebuffer.size), refine=False)


def test_a_viewer_that_is_only_made_exact_may_have_more_on_the_way(
    pending: PendingUpdate, framebuffer: Framebuffer, link: Link
) -> None:
    state = ClientState(framebuffer)
    pending.push(continuous=True)
    assert pending.claim() is not None
    pending.deliver(Update(state, b"picture"))
    link.free = False
    assert pending.claim() is None
    state.only_refined = True
    assert pending.claim() is not None


async def test_nothing_is_claimed_while_what_it_has_to_be_like_changes(
    pending: PendingUpdate, framebuffer: Framebuffer
) -> None:
    pending.push(continuous=True)
    claimed = pending.claim()
    entered = asyncio.Event()

    async def change() -> None:
        async with pending.held():
            assert pending.claim() is None
            pending.prefer(EncodingPreferences(quality=1))
            entered.set()

    changing = asyncio.create_task(change())
    await until(lambda: pending._held)
    assert not entered.is_set()
    pending.deliver(Update(ClientState(framebuffer), b"picture"))
    await asyncio.wait_for(changing, 10)
    assert claimed is not None
    assert claimed.preferences == EncodingPreferences()
    claimed = pending.claim()
    assert claimed is not None
    assert claimed.preferences.quality == 1


def wish(number: int) -> tuple[PixelFormat, int]:
    """Another pixel format and another quality for each number."""
    return PixelFormat(32, 24, False, True, 255, 255, 255, 16, 8, number % 3), number % LEVELS


def said(number: int) -> bytes:
    """The viewer wants that from now on, and wants to know when it has been understood."""
    pixel_format, level = wish(number)
    encodings = set_encodings(Encoding.TIGHT, Encoding.JPEG_QUALITY_0 + level)
    ask = client_fence(b"understood %d" % number, FenceFlag.REQUEST)
    return set_pixel_format(pixel_format) + encodings + request(False) + ask


def picture(wanted: UpdateRequest) -> bytes:
    """An update that tells what it was made like."""
    preferences = wanted.preferences
    made = b"made %d %d" % (preferences.pixel_format.blue_shift, preferences.quality)
    return fence(FenceFlag(0), made + (b" anew" if wanted.anew == WHOLE else b""))


def interrupted(frame: FrameType, event: str, _: object) -> Any:
    """Let the loop run, if it can, before each line of a claim."""
    if frame.f_code is not PendingUpdate.claim.__code__:
        return None
    if event == "line":
        time.sleep(INTERRUPTION)
    return interrupted


@contextmanager
def updates_made(talk: Talk) -> Iterator[None]:
    """A thread makes updates as the X thread does, as many as are welcome."""
    updates, loop = talk.client.updates, asyncio.get_running_loop()
    stopped = threading.Event()

    def make() -> None:
        sys.settrace(interrupted)
        while not stopped.is_set():
            wanted = updates.pending.claim(lenient=True)
            if wanted is not None:
                state = wanted.state or ClientState(talk.display.framebuffer)
                update = Update(state, picture(wanted))
                loop.call_soon_threadsafe(updates.deliver, update)

    thread = threading.Thread(target=make)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
        sys.setswitchinterval(interval)


async def test_no_update_is_made_like_what_the_viewer_has_left() -> None:
    """The viewer changes its mind again and again while another thread makes its updates.

    What it hears between the answers that wish n and wish n + 1 were understood is made as n wants
    it, or already as n + 1 does; and the first after a change is of the whole picture.
    """
    talk = Talk()
    await talk.hears(HELLO, set_encodings(Encoding.TIGHT), continuous_updates(True), said(0))
    with updates_made(talk):
        for number in range(1, CHANGES + 1):
            made = talk.wire.heard.count(b"made")
            talk.wire.say(said(number))
            if number % 3:
                await until(lambda made=made: talk.wire.heard.count(b"made") > made)
        await until(lambda: b"understood %d" % CHANGES in talk.wire.heard)
    await talk.end()
    heard = re.findall(rb"understood (\d+)|made (\d+) (\d+)( anew)?", talk.wire.heard)
    assert sum(not answer for answer, *_ in heard) > CHANGES / 2
    understood, before = 0, NATIVE.blue_shift
    for answer, shift, quality, anew in heard:
        if answer:
            assert int(answer) == understood + 1
            understood += 1
            continue
        now, then = wish(understood), wish(understood + 1)
        assert int(shift) in (now[0].blue_shift, then[0].blue_shift), f"after {understood}"
        assert int(quality) in (now[1], then[1]), f"after {understood}"
        assert anew or int(shift) == before, f"after {understood}"
        before = int(shift)


async def test_the_picture_of_a_viewer_goes_with_it_and_not_when_python_looks_for_it() -> None:
    talk = Talk()
    await talk.hears(HELLO, set_encodings(Encoding.TIGHT), request(False))
    picture = Framebuffer(Size(64, 32))
    kept = weakref.ref(picture)
    gc.disable()
    try:
        talk.client.updates.deliver(Update(ClientState(picture), b"picture"))
        del picture
        assert kept() is not None
        await talk.end()
        assert kept() is None
    finally:
        gc.enable()
