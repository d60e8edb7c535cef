"""The pointer's shape on the wire, byte by byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktopd.rfb.encoders.cursor import CursorShape, cursor, cursor_with_alpha, vmware_cursor
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat

RGB565 = PixelFormat(16, 16, True, True, 31, 63, 31, 11, 5, 0)
# Opaque red, half green, faint blue / transparent white, opaque black, opaque white.
ARROW = CursorShape(
    1, 0, 3, 2, bytes.fromhex("ff0000ff 00ff0080 0000ff40 ffffff00 000000ff ffffffff")
)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (
            cursor_with_alpha(ARROW),
            "0001000000030002 fffffec6 00000000"
            "ff0000ff 00800080 00004040 00000000 000000ff ffffffff",
        ),
        (vmware_cursor(ARROW), "0001000000030002 574d5664 0100" + ARROW.rgba.hex()),
        (
            cursor(ARROW, NATIVE),
            "0001000000030002 ffffff110000ff00 00ff0000 ff000000 ffffff00 00000000 ffffff00 c0 60",
        ),
        (
            cursor(ARROW, RGB565),
            "0001000000030002 ffffff11 f800 07e0 001f ffff 0000 ffff c0 60",
        ),
    ],
)
def test_each_shape_on_the_wire(said: bytes, wanted: str) -> None:
    assert said.hex(" ") == bytes.fromhex(wanted).hex(" ")


@pytest.mark.parametrize("draw", [cursor_with_alpha, vmware_cursor])
def test_an_invisible_pointer(draw: Callable[[CursorShape], bytes]) -> None:
    nothing = CursorShape(0, 0, 0, 0, b"")
    assert draw(nothing)[:8] == bytes(8)
    assert cursor(nothing, NATIVE) == bytes.fromhex("0000000000000000 ffffff11")


def test_a_pointer_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="3 bytes for a pointer of 1 x 1 pixels, expected 4"):
        CursorShape(0, 0, 1, 1, b"abc")
