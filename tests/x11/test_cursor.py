from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from Xlib.protocol import rq

from desktopd.x11.connection import Display, x_errors
from desktopd.x11.input.pointer import Pointer
from desktopd.x11.screen.cursor import ARROW, Cursor, CursorImage

PROGRAM = Path(__file__).with_name("translucent_cursor.py")


BLUE, WHITE, CLEAR = (0, 0, 255, 255), (255, 255, 255, 255), (0, 0, 0, 0)
RENDER = "RENDER"


class CreateAnimCursor(rq.Request):
    """RENDER 0.8: cursors that follow each other, each with its milliseconds."""

    _request = rq.Struct(
        *(rq.Card8("opcode"), rq.Opcode(31), rq.RequestLength(), rq.Card32("cursor")),
        *(rq.Card32("first"), rq.Card32("time"), rq.Card32("second"), rq.Card32("time_too")),
    )


def make_glyph(display: Display, glyph: int) -> Any:
    font = display.open_font("cursor")
    return font.create_glyph_cursor(
        font, glyph, glyph + 1, (0, 0, 0xFFFF), (0xFFFF, 0xFFFF, 0xFFFF)
    )


def show_glyph(display: Display, glyph: int) -> None:
    with x_errors(display, "ChangeWindowAttributes"):
        display.screen().root.change_attributes(cursor=make_glyph(display, glyph))


def show_animated(display: Display) -> None:
    number = display.display.allocate_resource_id()
    first, second = make_glyph(display, 34), make_glyph(display, 52)
    with x_errors(display, "RenderCreateAnimCursor"):
        CreateAnimCursor(
            display=display.display,
            opcode=display.query_extension(RENDER).major_opcode,
            cursor=number,
            first=first.id,
            time=20,
            second=second.id,
            time_too=20,
        )
        display.screen().root.change_attributes(cursor=number)


def colours(image: CursorImage) -> set[tuple[int, ...]]:
    pixels = Image.frombytes("RGBA", (image.width, image.height), image.rgba)
    return {colour for _, colour in pixels.getcolors(65536)}


@pytest.mark.parametrize("kind", ["xvfb", "xdummy", "xvnc"])
async def test_each_change_is_told_once(start, connect, eventually, kind):
    server = start(kind)
    connection = await connect(server)
    cursor = await Cursor.open(connection)
    assert len(cursor.image.rgba) == 4 * cursor.image.width * cursor.image.height
    told: list[CursorImage] = []
    cursor.on_change(told.append)
    for glyph in (34, 52, 152):  # XC_crosshair, XC_fleur, XC_xterm
        await connection.call(partial(show_glyph, glyph=glyph))
        count = len(told) + 1
        await eventually(lambda count=count: len(told), count)
        assert cursor.image is told[-1]
        assert colours(cursor.image) == {CLEAR, BLUE, WHITE}
        assert 0 < cursor.image.hot_x < cursor.image.width
        assert 0 < cursor.image.hot_y < cursor.image.height
    assert len({image.rgba for image in told}) == 3


async def test_an_animated_cursor_is_followed(start, connect, eventually):
    connection = await connect(start())
    cursor = await Cursor.open(connection)
    told: list[CursorImage] = []
    cursor.on_change(told.append)
    await connection.call(show_animated)
    await eventually(lambda: len(told) > 5)
    assert len({image.rgba for image in told}) <= 3
    await connection.call(partial(show_glyph, glyph=152))
    await connection.ping()
    await eventually(lambda: cursor.image not in told[:5])


async def test_the_cursor_of_a_program_that_has_ended_is_an_arrow(start, connect, eventually):
    server = start()
    connection = await connect(server)
    cursor = await Cursor.open(connection)
    assert cursor.image != ARROW
    server.run("xsetroot", "-cursor_name", "xterm")
    await eventually(lambda: cursor.image == ARROW)
    assert (await Cursor.open(connection)).image == ARROW
    await connection.call(partial(show_glyph, glyph=152))
    await eventually(lambda: BLUE in colours(cursor.image))


async def test_half_transparent_colours_are_straight(start, connect, eventually):
    server = start()
    connection = await connect(server)
    cursor = await Cursor.open(connection)
    viewer = (await Pointer.open(connection)).viewer()
    viewer.event(100, 100, 0)
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM)],
        env={**server.environment, "QT_QPA_PLATFORM": "xcb"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await eventually(lambda: (cursor.image.width, cursor.image.height), (24, 16))
    finally:
        program.terminate()
        program.wait(10)
    image = cursor.image
    assert (image.hot_x, image.hot_y) == (5, 7)
    assert image.rgba[:4] == bytes((255, 0, 0, 255))
    # What Qt has multiplied by alpha and rounded cannot come back exactly.
    assert tuple(image.rgba[4:8]) == pytest.approx((0, 128, 255, 128), abs=2)
    assert image.rgba[8:12] == bytes(4)
    assert image.rgba[-4:] == bytes((10, 20, 30, 255))
