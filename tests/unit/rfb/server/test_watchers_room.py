"""Whole and raw pictures of those who watch: so much of them is on its way at one moment."""

from __future__ import annotations

import math
import weakref
from collections.abc import Iterable

import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.server.client_state import ClientState, Update
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.pending_update import PendingUpdate
from desktopd.rfb.server.watchers_room import LATE, ROOM, WatchersRoom, WatchersRooms
from tests.unit.clock import Clock

LEFT, WHOLE = Rectangle(0, 0, 16, 16), Rectangle(0, 0, 64, 32)


class Free:
    """A sender that can take everything."""

    rate, late = 1000.0, 0.0

    def ready(self, *, lenient: bool = False) -> bool:
        return True


@pytest.fixture
def framebuffer() -> Framebuffer:
    return Framebuffer(Size(64, 32))


@pytest.fixture
def room() -> WatchersRoom:
    """For two whole pictures of 64x32 pixels, and small ones."""
    return WatchersRoom(2 * 4 * 64 * 32 + 100)


def watching(room: WatchersRoom, encodings: Iterable[int] = (Encoding.TIGHT,)) -> PendingUpdate:
    pending = PendingUpdate(Free(), room, lambda: Size(64, 32))  # type: ignore[arg-type]
    pending.prefer(EncodingPreferences.of(encodings, NATIVE))
    return pending


def test_whole_pictures_of_watchers_wait_for_room(
    room: WatchersRoom, framebuffer: Framebuffer
) -> None:
    first, second, third = (watching(room) for _ in range(3))
    for one in (first, second, third):
        one.request(LEFT)
    assert first.claim()
    assert second.claim()
    assert third.claim() is None
    first.deliver(Update(ClientState(framebuffer), b"small"))
    assert third.claim(), "what was made is smaller than it could have been"
    first.request(LEFT)
    assert first.claim() is None
    second.deliver(Update(ClientState(framebuffer), b"small"))
    second.sent()
    assert first.claim(), "what was wanted whole is still wanted"


def test_what_has_changed_needs_room_where_it_is_raw(
    room: WatchersRoom, framebuffer: Framebuffer
) -> None:
    small, raw, greedy = watching(room), watching(room, ()), watching(room, ())
    for one in (small, raw, greedy):
        one.request(None)
        assert one.claim()
        one.deliver(Update(ClientState(framebuffer), bytes(4 * 64 * 32)))
        one.sent()
        one.request(None)
    assert raw.claim()
    assert greedy.claim()
    greedy.deliver(Update(ClientState(framebuffer), bytes(4 * 64 * 32)))
    another = watching(room, ())
    another.request(None)
    assert another.claim() is None
    assert small.claim()


def test_a_picture_larger_than_the_room_is_let_through_alone() -> None:
    room = WatchersRoom(10)
    first, second = watching(room), watching(room)
    for one in (first, second):
        one.request(LEFT)
    assert first.claim()
    assert second.claim() is None
    first.leave()
    assert second.claim()


def test_what_else_is_sent_frees_no_place_of_what_is_being_made(framebuffer: Framebuffer) -> None:
    """Answers to fences had ten watchers of raw pictures take 1,164 MB."""
    room = WatchersRoom(10)
    first, second = watching(room), watching(room)
    for one in (first, second):
        one.request(LEFT)
    assert first.claim()
    first.sent()
    assert second.claim() is None
    first.deliver(Update(ClientState(framebuffer), b"large enough"))
    assert second.claim() is None
    first.sent()
    assert second.claim()


def test_nobody_waits_for_those_who_take_nothing() -> None:
    """Six who took nothing, or a little of it, had others wait for their picture for 26 s."""
    clock = Clock()
    room = WatchersRoom(10, clock)
    for stalled in range(20):
        assert room.enter(stalled, 9_000_000)
        assert not room.enter("another", 8)
        clock.now += 2 * LATE
    assert room.enter("another", 8)


def test_raw_pictures_wait_for_each_other_and_no_other_for_them() -> None:
    clock = Clock()
    raw = WatchersRoom(10, clock, late=math.inf)
    room, neighbour = WatchersRoom(10, clock, raw=raw), WatchersRoom(10, clock, raw=raw)
    assert room.enter("raw", 9_000_000, raw=True)
    clock.now += 2 * LATE
    assert not room.enter("raw too", 9_000_000, raw=True)
    assert not neighbour.enter("raw from elsewhere", 8, raw=True)
    assert room.enter("other", 9_000_000)
    assert not room.enter("other too", 9_000_000)
    room.know("raw", 2)
    assert neighbour.enter("raw from elsewhere", 8, raw=True)
    room.leave("raw")
    assert neighbour.enter("the third", 2, raw=True)


def test_nobody_waits_for_those_of_another_address() -> None:
    rooms = WatchersRooms()
    greedy, neighbour = rooms.of("2001:db8::66"), rooms.of("2001:db8::1")
    assert greedy is neighbour, "whoever has one address of a /64 has them all"
    assert greedy.enter("greedy", ROOM)
    assert not neighbour.enter("neighbour", 8)
    assert rooms.of("192.0.2.1").enter("another", 8)


def test_who_has_left_keeps_no_room_and_no_picture_also_where_one_was_being_made(
    room: WatchersRoom,
) -> None:
    left, other = watching(room), watching(room)
    left.request(WHOLE)
    assert left.claim()
    left.leave()
    picture = Framebuffer(Size(64, 32))
    kept = weakref.ref(picture)
    left.deliver(Update(ClientState(picture), b"picture"))
    del picture
    assert kept() is None
    left.request(WHOLE)
    assert left.claim() is None
    other.request(WHOLE)
    assert other.claim()
