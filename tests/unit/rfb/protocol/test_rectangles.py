"""Updates and rectangles without pixels, byte by byte."""

from __future__ import annotations

import pytest

from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.rectangles import (
    Led,
    ResizeReason,
    ResizeStatus,
    Screen,
    announcement,
    copy_rect,
    desktop_size,
    extended_desktop_size,
    framebuffer_update,
    qemu_led_state,
    rectangle_header,
)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (rectangle_header(1, 2, 3, 4, Encoding.TIGHT), "0001000200030004 00000007"),
        (copy_rect(1, 2, 3, 4, 5, 6), "0001000200030004 00000001 00050006"),
        (desktop_size(640, 480), "00000000028001e0 ffffff21"),
        (
            extended_desktop_size(640, 480, [Screen(7, 0, 0, 640, 480, 9)]),
            "00000000028001e0 fffffecc 01000000 00000007 00000000 028001e0 00000009",
        ),
        (
            extended_desktop_size(
                640, 480, [], ResizeReason.THIS_CLIENT, ResizeStatus.INVALID_LAYOUT
            ),
            "00010003028001e0 fffffecc 00000000",
        ),
        (announcement(Encoding.QEMU_EXTENDED_KEY_EVENT), "0000000000000000 fffffefe"),
        (announcement(Encoding.EXTENDED_MOUSE_BUTTONS), "0000000000000000 fffffec4"),
        (qemu_led_state(Led.CAPS_LOCK | Led.NUM_LOCK), "0000000000000000 fffffefb 06"),
        (framebuffer_update([]), "00 00 0000"),
        (
            framebuffer_update([copy_rect(1, 2, 3, 4, 5, 6), desktop_size(640, 480)]),
            "00 00 0002 0001000200030004 00000001 00050006 00000000028001e0 ffffff21",
        ),
    ],
)
def test_each_rectangle_on_the_wire(said: bytes, wanted: str) -> None:
    assert said.hex(" ") == bytes.fromhex(wanted).hex(" ")
