"""What a viewer hears of beside its picture, in which form, and how often."""

from __future__ import annotations

import pytest

from desktopd.rfb.encoders import cursor as cursors
from desktopd.rfb.protocol import rectangles, server_messages
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.protocol.rectangles import Led
from desktopd.rfb.viewers.viewer import Role
from tests.unit.rfb.server.talk import HELLO, START, LoggedDisplay, Talk, set_encodings

SHAPE = LoggedDisplay.cursor


@pytest.mark.parametrize(
    ("encodings", "told"),
    [
        ((Encoding.CURSOR,), cursors.cursor(SHAPE, NATIVE)),
        ((Encoding.CURSOR, Encoding.VMWARE_CURSOR), cursors.vmware_cursor(SHAPE)),
        (
            (Encoding.CURSOR, Encoding.VMWARE_CURSOR, Encoding.CURSOR_WITH_ALPHA),
            cursors.cursor_with_alpha(SHAPE),
        ),
    ],
)
async def test_the_pointer_comes_in_the_best_form_that_the_viewer_takes(
    encodings: tuple[int, ...], told: bytes
) -> None:
    talk = Talk()
    assert await talk.hears(
        HELLO, set_encodings(*encodings)
    ) == START + rectangles.framebuffer_update([told])
    talk.client.announcements.cursor()
    assert await talk.hears(set_encodings(*encodings)) == rectangles.framebuffer_update([told])
    await talk.end()


async def test_the_lock_lights_are_told_at_first_and_when_they_change() -> None:
    talk = Talk()
    told = rectangles.framebuffer_update([rectangles.qemu_led_state(Led.NUM_LOCK)])
    assert await talk.hears(HELLO, set_encodings(Encoding.QEMU_LED_STATE)) == START + told
    talk.client.announcements.leds()
    assert await talk.hears() == told
    await talk.end()


async def test_who_understands_nothing_of_it_hears_nothing() -> None:
    talk = Talk()
    assert await talk.hears(HELLO, set_encodings(Encoding.TIGHT)) == START
    talk.client.announcements.cursor()
    talk.client.announcements.leds()
    assert await talk.hears() == b""
    await talk.end()


@pytest.mark.parametrize("role", Role)
async def test_the_clipboard_is_for_who_has_control(role: Role) -> None:
    talk = Talk(role)
    await talk.hears(HELLO, set_encodings(Encoding.TIGHT))
    talk.client.announcements.clipboard()
    told = server_messages.server_cut_text("text") if role is Role.CONTROL else b""
    assert await talk.hears() == told
    await talk.end()
