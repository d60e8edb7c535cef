"""The screen in memory that X itself draws into, on each kind of X server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import numpy as np
import pytest
from Xlib import X

from desktopd.geometry import Rectangle, Size
from desktopd.x11.connection import Connection, Display
from desktopd.x11.errors import XError
from desktopd.x11.screen import shm
from desktopd.x11.screen.double_buffer import DoubleBuffer, memory_for
from desktopd.x11.screen.screenshot import read_pixels
from desktopd.x11.screen.segment import Segment
from desktopd.x11.screen.size import ScreenSize
from tests.x11.native import shared_memory

SIZE = Size(321, 203)
PADDED = Size(336, 208)
RGB = 0xFFFFFF
LEFT, RIGHT = Rectangle(3, 5, 40, 30), Rectangle(250, 150, 71, 53)


@pytest.fixture
async def screen(any_server, connect) -> AsyncIterator[Connection]:
    """A screen of SIZE with a window over all of it."""
    connection = await connect(any_server)
    await (await ScreenSize.open(connection, Size(7680, 4320))).resize(SIZE)
    window = await connection.call(cover)
    yield connection
    await connection.call(lambda _: window.destroy())


def cover(display: Display):
    window = display.screen().root.create_window(
        *(0, 0, SIZE.width, SIZE.height, 0, X.CopyFromParent), override_redirect=True
    )
    window.map()
    return window


def fill(display: Display, area: Rectangle, colour: int) -> None:
    root = display.screen().root
    context = root.create_gc(foreground=colour, subwindow_mode=X.IncludeInferiors)
    root.fill_rectangle(context, area.x, area.y, area.width, area.height)
    context.free()


def shown(display: Display) -> np.ndarray:
    found = np.frombuffer(read_pixels(display, 0, 0, SIZE), np.uint32)
    return found.reshape(SIZE.height, SIZE.width) & RGB


def taken(picture: memoryview) -> np.ndarray:
    found = np.frombuffer(picture, np.uint32).reshape(PADDED.height, PADDED.width)
    return found[: SIZE.height, : SIZE.width]


async def test_each_picture_is_the_whole_screen(screen):
    def turns(display: Display) -> None:
        buffer = DoubleBuffer(display, PADDED)
        assert np.array_equal(taken(buffer.take(Rectangle.of(SIZE))) & RGB, shown(display))
        for turn, area in enumerate((LEFT, RIGHT, LEFT, LEFT, RIGHT, Rectangle.of(SIZE), RIGHT)):
            fill(display, area, 0x112233 * (turn + 1))
            assert np.array_equal(taken(buffer.take(area)) & RGB, shown(display))
        buffer.close()

    await screen.call(turns)


async def test_a_picture_stays_while_the_next_is_taken_and_after_the_end(screen):
    def turns(display: Display) -> None:
        buffer = DoubleBuffer(display, PADDED)
        fill(display, LEFT, 0x010203)
        first = taken(buffer.take(Rectangle.of(SIZE)))
        before = first.copy()
        fill(display, LEFT, 0x040506)
        second = taken(buffer.take(LEFT))
        assert np.array_equal(first, before)
        buffer.close()
        display.sync()
        assert np.array_equal(first, before)
        assert second[LEFT.y, LEFT.x] & RGB == 0x040506

    await screen.call(turns)


async def test_what_x_refuses_is_named(screen):
    def turns(display: Display) -> None:
        segment = Segment(display, 4096)
        with pytest.raises(XError, match="MIT-SHM CreatePixmap 16x16: BadValue"):
            segment.pixmap(16, 16, depth=99, offset=0)
        segment.close()
        buffer = DoubleBuffer(display, PADDED)
        buffer._context.free()
        with pytest.raises(XError, match=r"CopyArea 40x30\+3\+5: BadGC"):
            buffer.take(LEFT)
        for pixmap in buffer._pixmaps:
            pixmap.free()
        buffer._segment.close()

    await screen.call(turns)


async def test_its_memory_is_given_back(screen):
    def turns(display: Display) -> None:
        before = shared_memory()
        buffer = DoubleBuffer(display, PADDED)
        picture = buffer.take(LEFT)
        assert shared_memory() == before + 1
        buffer.close()
        display.sync()
        assert shared_memory() == before + 1, "somebody still refers to a picture"
        del picture
        del buffer
        assert shared_memory() == before

    await screen.call(turns)


async def test_memory_that_is_kept_serves_when_the_system_has_none(screen, monkeypatch):
    memory = memory_for(PADDED)
    memory.keep()
    monkeypatch.setattr(shm._libc, "shmget", lambda *_: -1)

    def turns(display: Display) -> None:
        for _ in range(3):
            buffer = DoubleBuffer(display, PADDED, memory)
            picture = buffer.take(Rectangle.of(SIZE))
            assert np.array_equal(taken(picture) & RGB, shown(display))
            buffer.close()

    await screen.call(turns)


async def test_beyond_the_edges_nothing_is_drawn(screen):
    def turns(display: Display) -> None:
        buffer = DoubleBuffer(display, PADDED)
        picture = buffer.take(Rectangle.of(PADDED))
        whole = np.frombuffer(picture, np.uint32).reshape(PADDED.height, PADDED.width)
        assert not whole[SIZE.height :].any()
        assert not whole[:, SIZE.width :].any()
        assert np.array_equal(taken(picture) & RGB, shown(display))
        buffer.close()

    await screen.call(turns)
