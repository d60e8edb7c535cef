from __future__ import annotations

import asyncio
from io import BytesIO

import pytest
from PIL import Image
from Xlib import X
from Xlib.protocol import rq

from desktopd.geometry import Size
from desktopd.x11.connection import Display, XError
from desktopd.x11.screen import screenshot as capture
from desktopd.x11.screen.screenshot import screenshot
from desktopd.x11.screen.size import ScreenSize

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (18, 52, 86), (255, 255, 255)]


def draw_tiles(display: Display) -> rq.DictWrapper:
    """Tiles of 7x5 pixels over the whole screen, each colour in its turn."""
    root = display.screen().root
    geometry = root.get_geometry()
    window = root.create_window(
        *(0, 0, geometry.width, geometry.height, 0, X.CopyFromParent), override_redirect=True
    )
    window.map()
    for index, (red, green, blue) in enumerate(COLOURS):
        gc = window.create_gc(foreground=red << 16 | green << 8 | blue)
        tiles = [
            (x * 7, y * 5, 7, 5)
            for y in range(geometry.height // 5 + 1)
            for x in range(geometry.width // 7 + 1)
            if (x + 2 * y) % len(COLOURS) == index
        ]
        for first in range(0, len(tiles), 10_000):
            window.poly_fill_rectangle(gc, tiles[first : first + 10_000])
    display.sync()
    return window


def tile_colour(x: int, y: int) -> tuple[int, int, int]:
    return COLOURS[(x // 7 + 2 * (y // 5)) % len(COLOURS)]


async def test_every_pixel_is_right(any_server, connect, monkeypatch):
    monkeypatch.setattr(capture, "STRIP_BYTES", 40_000)
    connection = await connect(any_server)
    size = await (await ScreenSize.open(connection, Size(7680, 4320))).resize(Size(641, 403))
    painter = await connect(any_server)
    await painter.call(draw_tiles)
    picture = Image.open(BytesIO(await screenshot(connection)))
    assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (641, 403))
    pixels = picture.load()
    wrong = [
        (x, y)
        for y in range(size.height)
        for x in range(size.width)
        if pixels[x, y] != tile_colour(x, y)
    ]
    assert wrong == []


async def test_the_largest_screen(any_server, connect):
    connection = await connect(any_server)
    screen = await ScreenSize.open(connection, Size(7680, 4320))
    await screen.resize(Size(7680, 4320))
    picture = Image.open(BytesIO(await screenshot(connection)))
    assert picture.size == (7680, 4320)
    await screen.resize(Size(640, 480))


async def test_a_resize_in_the_middle(any_server, connect, monkeypatch):
    monkeypatch.setattr(capture, "STRIP_BYTES", 40_000)
    reading, changing = await connect(any_server), await connect(any_server)
    screen = await ScreenSize.open(changing, Size(7680, 4320))
    sizes = [Size(600, 700), Size(700, 600)]
    await screen.resize(sizes[0])
    taking = asyncio.create_task(screenshot(reading))
    # Fewer changes than attempts, however long each attempt takes.
    for _ in range(2):
        await asyncio.sleep(0.002)
        for size in reversed(sizes):
            await screen.resize(size)
    picture = Image.open(BytesIO(await taking))
    picture.load()
    assert Size(*picture.size) in sizes


async def test_a_screen_of_other_pixels_is_named(start, connect):
    server = start("xvfb", Size(640, 480), depth=16)
    with pytest.raises(XError, match="depth 16, pixels of 16 bits"):
        await screenshot(await connect(server))
