"""When the loop captures: at once where nothing else was just captured, and then in its time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from desktopd.rfb.server.client_state import Update, UpdateRequest
from desktopd.rfb.server.client_updates import ClientUpdates
from desktopd.rfb.server.pending_update import PendingUpdate
from desktopd.rfb.server.refinement import REST
from desktopd.rfb.server.watchers_room import WatchersRoom
from desktopd.rfb.server.watchers_turns import TURN, WatchersTurns
from desktopd.trace import Trace
from desktopd.x11.connection import Display
from desktopd.x11.screen.grab import Grabber
from tests.rfb_viewer import PHOTOS, VIDEO
from tests.unit.turns import until

SIZE, LARGER = Size(64, 32), Size(256, 128)
CORNER = Rectangle(0, 0, 16, 16)
LOSSLESS = (Encoding.TIGHT,)


@dataclass
class Screen:
    """A grabber without a display: another grey at each capture, or noise."""

    size: Size = SIZE
    damage: Rectangle | None = None
    grabs: int = 0
    woken: int = 0
    noise: bool = False
    trace: Trace = field(default_factory=Trace)

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


class Link:
    """A sender that can take more unless it is busy, or almost."""

    rate = 1e6
    late = 0.0

    def __init__(self) -> None:
        self.busy = self.almost_free = False

    def ready(self, *, lenient: bool = False) -> bool:
        return not self.busy or (lenient and self.almost_free)


class Watcher:
    """The updates of a viewer that wants all of them."""

    def __init__(self, encodings: Iterable[int] = LOSSLESS, *, watching: bool = False) -> None:
        self.got: list[Update] = []
        self.link = Link()
        room = WatchersRoom() if watching else None
        self.pending = PendingUpdate(self.link, room)  # type: ignore[arg-type]
        self.pending.push(continuous=True)
        self.pending.prefer(EncodingPreferences.of(encodings, NATIVE))

    def deliver(self, update: Update) -> None:
        self.got.append(update)
        self.pending.deliver(update)


class Filming:
    """A capture loop whose turns are taken by hand."""

    def __init__(self, screen: Screen, *watchers: Watcher) -> None:
        self.screen, self.watchers = screen, watchers
        self.is_draft = False
        self.capture_loop = CaptureLoop(cast(Grabber, screen), lambda: self.is_draft)

    async def turn(self, damage: Rectangle | None = None) -> float | None:
        """One turn, after which every update has been delivered."""
        self.screen.damage = damage or self.screen.damage
        left: float | None = self.screen.turn(cast(Display, None))
        await until(lambda: not any(watcher.pending._claimed for watcher in self.watchers))
        return left


async def filming(screen: Screen, *watchers: Watcher) -> Filming:
    filming = Filming(screen, *watchers)
    for watcher in watchers:
        filming.capture_loop.add(cast(ClientUpdates, watcher))
    await filming.capture_loop.run()
    screen.woken = 0
    return filming


def first_encoding(update: Update) -> Encoding:
    """That of the first rectangle."""
    return Encoding(int.from_bytes(update.data[12:16], signed=True))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


async def test_captures_keep_their_distance(clock: SimpleNamespace) -> None:
    film = await filming(Screen(), Watcher())
    for _ in range(2):
        await film.turn(Rectangle.of(SIZE))
        clock.now += FRAME / 4
    left = await film.turn(CORNER)
    assert left == pytest.approx(FRAME / 2)
    assert film.screen.grabs == 2
    clock.now += left
    await film.turn()
    assert film.screen.grabs == 3


async def test_a_look_at_what_rests_does_not_hold_up_the_next_capture(
    clock: SimpleNamespace,
) -> None:
    film = await filming(Screen(), Watcher())
    await film.turn(Rectangle.of(SIZE))
    clock.now += 1
    await film.turn(Rectangle.of(SIZE))
    clock.now += REST
    await film.turn()
    await film.turn()
    assert film.screen.grabs == 2
    clock.now += FRAME / 10
    await film.turn(CORNER)
    assert film.screen.grabs == 3


async def test_a_viewer_that_can_take_more_wakes_only_a_loop_that_has_waited_for_it(
    clock: SimpleNamespace,
) -> None:
    watcher = Watcher()
    film = await filming(Screen(), watcher)
    await film.turn(Rectangle.of(SIZE))
    film.capture_loop.proceed()
    assert (film.screen.grabs, film.screen.woken) == (1, 0)
    watcher.link.busy = True
    clock.now += 1
    await film.turn(Rectangle.of(SIZE))
    film.capture_loop.proceed()
    assert (film.screen.grabs, film.screen.woken) == (1, 1)


async def test_what_keeps_moving_is_video_even_for_a_viewer_that_can_take_little(
    clock: SimpleNamespace,
) -> None:
    watcher = Watcher(VIDEO)
    film = await filming(Screen(LARGER, noise=True), watcher)
    for _ in range(8):
        watcher.link.busy = True
        await film.turn(Rectangle.of(LARGER))
        clock.now += 0.25
        watcher.link.busy = False
        await film.turn()
    assert first_encoding(watcher.got[0]) is not Encoding.H264
    assert first_encoding(watcher.got[-1]) is Encoding.H264


async def test_a_viewer_that_is_busy_when_it_wants_something_is_not_forgotten(
    clock: SimpleNamespace,
) -> None:
    watcher = Watcher()
    watcher.link.busy = True
    film = await filming(Screen(), watcher)
    assert await film.turn() is None
    film.capture_loop.proceed()
    assert film.screen.woken == 1


async def test_who_can_almost_take_more_follows_who_can_and_alone_gets_nothing(
    clock: SimpleNamespace,
) -> None:
    first, second = Watcher(), Watcher()
    film = await filming(Screen(), first, second)
    second.link.busy = second.link.almost_free = True
    await film.turn(Rectangle.of(SIZE))
    assert (len(first.got), len(second.got)) == (1, 1)
    first.link.busy = True
    clock.now += 1
    await film.turn(Rectangle.of(SIZE))
    assert (len(first.got), len(second.got)) == (1, 1)


async def test_a_viewer_that_has_left_gets_nothing(clock: SimpleNamespace) -> None:
    watcher = Watcher()
    film = await filming(Screen(), watcher)
    film.capture_loop.remove(cast(ClientUpdates, watcher))
    assert await film.turn(Rectangle.of(SIZE)) is None
    assert (film.screen.grabs, watcher.got) == (0, [])


async def test_an_exact_update_for_one_viewer_does_not_put_off_another_ones_refinement(
    clock: SimpleNamespace,
) -> None:
    slow, exact = Watcher(PHOTOS), Watcher()
    film = await filming(Screen(LARGER, noise=True), slow, exact)
    assert await film.turn(Rectangle.of(LARGER)) == pytest.approx(REST)
    slow.link.busy = True
    exact.pending.redraw(CORNER)
    clock.now += REST / 3
    assert await film.turn() == pytest.approx(REST * 2 / 3)
    assert len(exact.got) == 2
    assert film.screen.woken == 0


async def test_what_changes_elsewhere_does_not_put_off_a_refinement(clock: SimpleNamespace) -> None:
    film = await filming(Screen(LARGER, noise=True), Watcher(PHOTOS))
    left = []
    for area in (Rectangle.of(LARGER), CORNER):
        left.append(await film.turn(area))
        clock.now += REST / 3
    assert left == [pytest.approx(REST), pytest.approx(REST * 2 / 3)]


async def test_what_is_told_to_be_final_after_its_capture_is_made_exact_as_if_told_before(
    clock: SimpleNamespace,
) -> None:
    watcher = Watcher(PHOTOS)
    film = await filming(Screen(LARGER, noise=True), watcher)
    film.is_draft = True
    await film.turn(Rectangle.of(LARGER))
    film.is_draft = False
    clock.now += REST / 10
    left = await film.turn()
    assert left is not None
    assert left < REST / 10
    clock.now += left
    watcher.got.clear()
    await film.turn()
    assert [bool(update.data) for update in watcher.got] == [True]


async def test_whoever_has_control_waits_for_no_picture_of_those_who_watch(
    clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ninety of them with as many forms of pixels had each key wait 2 s for its picture."""
    owner, *watchers = everybody = [Watcher(), *(Watcher(watching=True) for _ in range(3))]
    film = await filming(Screen(), *watchers, owner)
    film.capture_loop._watchers = WatchersTurns(
        lambda client: client.pending.room, lambda: clock.now
    )
    make, made = film.capture_loop._encoder.updates, list[int]()

    def slowly(requests: Sequence[UpdateRequest], now: float) -> list[Update]:
        made.append(len(requests))
        clock.now += 2 * TURN * sum(request.watching for request in requests)
        return make(requests, now)

    monkeypatch.setattr(film.capture_loop._encoder, "updates", slowly)

    def got() -> list[int]:
        return [len(one.got) for one in everybody]

    assert await film.turn(Rectangle.of(SIZE)) == pytest.approx(2 * TURN)
    assert (got(), made) == ([1, 1, 0, 0], [1, 1]), "of the others one, and after him"
    await film.turn(CORNER)
    assert (got(), film.screen.grabs) == ([2, 1, 0, 0], 2), "the others rest meanwhile"
    for expected in ([2, 1, 1, 0], [2, 1, 1, 1], [2, 2, 1, 1]):
        clock.now += 2 * TURN
        await film.turn()
        assert got() == expected, "whoever has waited longest is the next"
