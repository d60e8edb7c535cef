"""When the camera captures: at once where nothing else was just captured, and then in its time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.server import capture_loop as module
from desktopd.rfb.server.capture_loop import FRAME, CaptureLoop
from desktopd.rfb.server.client_connection import ClientConnection
from desktopd.rfb.server.client_state import Update, UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.refinement import REST
from desktopd.x11.connection import Display
from desktopd.x11.screen.grab import Grabber
from tests.rfb_viewer import PHOTOS, VIDEO

SIZE = Size(64, 32)
STYLE = EncodingPreferences.of((Encoding.TIGHT,), NATIVE)


@dataclass
class Screen:
    """A grabber without a display: another grey at each capture."""

    size: Size = SIZE
    damage: Rectangle | None = None
    grabs: int = 0
    woken: int = 0
    noise: bool = False

    def wake(self) -> None:
        self.woken += 1

    def take(self) -> Rectangle | None:
        damage, self.damage = self.damage, None
        return damage

    def grab(self, _: object, area: Rectangle) -> memoryview:
        self.grabs += 1
        length = self.size.width * self.size.height * 4
        if self.noise:
            return memoryview(np.random.default_rng(self.grabs).bytes(length))
        return memoryview(bytes([self.grabs]) * length)

    async def watch(self, turn: Any) -> None:
        self.turn = turn


@dataclass
class Watcher:
    """A peer that takes more unless it is busy."""

    got: list[Update] = field(default_factory=list)
    preferences: EncodingPreferences = STYLE
    lossy: bool = True
    busy: bool = False
    asks: bool = False

    def outdated(self, _: Framebuffer) -> bool:
        return self.asks

    def ready(self, *, lenient: bool = False) -> bool:
        return not self.busy

    def request(self) -> UpdateRequest:
        return UpdateRequest(self.got[-1].state if self.got else None, self.preferences, 1e6)

    def deliver(self, update: Update) -> None:
        self.got.append(update)


def first_encoding(update: Update) -> Encoding:
    """That of the first rectangle."""
    return Encoding(int.from_bytes(update.data[12:16], signed=True))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


async def test_captures_keep_their_distance(clock: SimpleNamespace) -> None:
    screen = Screen()
    capture_loop = CaptureLoop(cast(Grabber, screen), [cast(ClientConnection, Watcher())])
    await capture_loop.run()
    for _ in range(2):
        screen.damage = Rectangle.of(SIZE)
        screen.turn(cast(Display, None))
        clock.now += FRAME / 4
    screen.damage = Rectangle(0, 0, 16, 16)
    left = screen.turn(cast(Display, None))
    assert left == pytest.approx(FRAME / 2)
    assert screen.grabs == 2
    clock.now += left
    screen.turn(cast(Display, None))
    assert screen.grabs == 3


async def test_a_look_at_what_rests_does_not_hold_up_the_next_capture(
    clock: SimpleNamespace,
) -> None:
    screen = Screen()
    capture_loop = CaptureLoop(cast(Grabber, screen), [cast(ClientConnection, Watcher())])
    await capture_loop.run()
    screen.damage = Rectangle.of(SIZE)
    screen.turn(cast(Display, None))
    clock.now += 1
    screen.damage = Rectangle.of(SIZE)
    screen.turn(cast(Display, None))
    clock.now += REST
    screen.turn(cast(Display, None))
    screen.turn(cast(Display, None))
    assert screen.grabs == 2
    screen.damage = Rectangle(0, 0, 16, 16)
    clock.now += FRAME / 10
    screen.turn(cast(Display, None))
    assert screen.grabs == 3


async def test_a_viewer_that_can_take_more_wakes_only_a_camera_that_has_waited_for_it(
    clock: SimpleNamespace,
) -> None:
    screen, watcher = Screen(), Watcher()
    capture_loop = CaptureLoop(cast(Grabber, screen), [cast(ClientConnection, watcher)])
    await capture_loop.run()
    screen.damage = Rectangle.of(SIZE)
    screen.turn(cast(Display, None))
    capture_loop.proceed()
    assert (screen.grabs, screen.woken) == (1, 0)
    watcher.busy = True
    clock.now += 1
    screen.damage = Rectangle.of(SIZE)
    screen.turn(cast(Display, None))
    capture_loop.proceed()
    assert (screen.grabs, screen.woken) == (1, 1)


async def test_what_keeps_moving_is_video_even_for_a_viewer_that_can_take_little(
    clock: SimpleNamespace,
) -> None:
    screen = Screen(Size(256, 128), noise=True)
    watcher = Watcher(preferences=EncodingPreferences.of(VIDEO, NATIVE))
    capture_loop = CaptureLoop(cast(Grabber, screen), [cast(ClientConnection, watcher)])
    await capture_loop.run()
    for _ in range(8):
        screen.damage = Rectangle.of(screen.size)
        watcher.busy = True
        screen.turn(cast(Display, None))
        clock.now += 0.25
        watcher.busy = False
        screen.turn(cast(Display, None))
        await asyncio.sleep(0)
    assert first_encoding(watcher.got[0]) is not Encoding.H264
    assert first_encoding(watcher.got[-1]) is Encoding.H264


async def test_a_viewer_that_is_busy_when_its_picture_could_be_made_exact_is_not_forgotten(
    clock: SimpleNamespace,
) -> None:
    screen, watcher = Screen(), Watcher(busy=True)
    capture_loop = CaptureLoop(cast(Grabber, screen), [cast(ClientConnection, watcher)])
    await capture_loop.run()
    assert screen.turn(cast(Display, None)) is None
    capture_loop.proceed()
    assert screen.woken == 1


async def test_an_exact_update_for_one_viewer_does_not_put_off_another_ones_refinement(
    clock: SimpleNamespace,
) -> None:
    screen = Screen(Size(256, 128), noise=True)
    slow, exact = Watcher(preferences=EncodingPreferences.of(PHOTOS, NATIVE)), Watcher(lossy=False)
    capture_loop = CaptureLoop(
        cast(Grabber, screen), [cast(ClientConnection, slow), cast(ClientConnection, exact)]
    )
    await capture_loop.run()
    screen.damage = Rectangle.of(screen.size)
    assert screen.turn(cast(Display, None)) == pytest.approx(REST)
    slow.busy = exact.asks = True
    clock.now += REST / 3
    assert screen.turn(cast(Display, None)) == pytest.approx(REST * 2 / 3)
    assert screen.woken == 0


async def test_what_changes_elsewhere_does_not_put_off_a_refinement(clock: SimpleNamespace) -> None:
    screen = Screen(Size(256, 128), noise=True)
    watcher = Watcher(preferences=EncodingPreferences.of(PHOTOS, NATIVE))
    capture_loop = CaptureLoop(cast(Grabber, screen), [cast(ClientConnection, watcher)])
    await capture_loop.run()
    left = []
    for area in (Rectangle.of(screen.size), Rectangle(0, 0, 16, 16)):
        screen.damage = area
        left.append(screen.turn(cast(Display, None)))
        clock.now += REST / 3
    assert left == [pytest.approx(REST), pytest.approx(REST * 2 / 3)]
