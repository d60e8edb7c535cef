"""A target's clipboard and who may not have it, through the whole relay."""

from __future__ import annotations

from struct import pack

import pytest

from desktopd.data_policy import NOT_INTO, Copies
from desktopd.rfb.protocol import rectangles, server_messages
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.viewers.connection import Cause, Limits
from desktopd.rfb.viewers.viewer import Role
from tests.unit.accounts import accounts
from tests.unit.rfb.relay.relaying import CUT_TEXT, GREETING, REQUEST, Desk, relaying, set_encodings

SECRET = server_messages.server_cut_text("secret")
EXTENDED = server_messages.extended_cut_text(b"\x18\x00\x00\x01secret")
PICTURE = rectangles.framebuffer_update([pack(">HHHHiI", 0, 0, 1, 1, Encoding.RAW, 7)])
INIT = server_messages.server_init(640, 480, NATIVE, "desk")
FORMAT = pack(">B3x", 0) + NATIVE.pack()


async def let_in(desk: Desk) -> None:
    await desk.connect(GREETING)
    await desk.server_sends(b"\x01\x01" + bytes(4) + INIT)


@pytest.mark.parametrize(("role", "seen"), [(Role.CONTROL, True), (Role.VIEW, False)])
async def test_only_whoever_has_control_gets_the_clipboard(role: Role, seen: bool) -> None:
    async with relaying(role) as desk:
        await let_in(desk)
        await desk.server_sends(SECRET + EXTENDED + PICTURE + SECRET + PICTURE[:3])
        await desk.server_sends(PICTURE[3:] + b"\x02")
        await desk.browser.sees(PICTURE + b"\x02")
        assert (b"secret" in b"".join(desk.browser.messages)) is seen


async def test_the_server_hears_of_encodings_that_can_be_followed() -> None:
    async with relaying(Role.VIEW) as desk:
        await let_in(desk)
        fine = [1, 7, 16, 0, -23, -32, -224, -247, -256, -308, -312, -313, -412, -512]
        desk.say(set_encodings(50, 5, *fine, Encoding.EXTENDED_CLIPBOARD, 21, 2), REQUEST)
        await desk.server_hears(set_encodings(*fine) + REQUEST)
    async with relaying(Role.CONTROL) as desk:
        await let_in(desk)
        desk.say(set_encodings(50, Encoding.EXTENDED_CLIPBOARD))
        await desk.server_hears(set_encodings(50, Encoding.EXTENDED_CLIPBOARD))


async def test_pixels_are_chosen_before_the_first_picture() -> None:
    async with relaying(Role.VIEW) as desk:
        await let_in(desk)
        desk.say(FORMAT + FORMAT + REQUEST)
        await desk.server_hears(FORMAT + FORMAT + REQUEST)
        desk.say(FORMAT)
        ending = await desk.ending()
        assert ending.cause is Cause.PROTOCOL_ERROR
        assert "chooses the pixels once" in ending.detail


async def test_a_server_that_cannot_be_followed_is_left() -> None:
    async with relaying(Role.VIEW) as desk:
        await let_in(desk)
        await desk.server_sends(PICTURE + b"\x63" + SECRET)
        ending = await desk.ending()
        assert ending.cause is Cause.PROTOCOL_ERROR
        assert "type 99" in ending.detail
        assert b"secret" not in b"".join(desk.browser.messages)


@pytest.mark.parametrize("copies", Copies)
async def test_copies_go_where_they_may_for_whoever_has_control(
    copies: Copies, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    async with relaying(Role.CONTROL, limits=Limits(copies=copies)) as desk:
        await let_in(desk)
        await desk.server_sends(SECRET + PICTURE)
        await desk.browser.sees(PICTURE)
        assert (b"secret" in b"".join(desk.browser.messages)) is copies.out
        desk.say(CUT_TEXT + REQUEST)
        await desk.server_hears((CUT_TEXT if copies.into else b"") + REQUEST)
    reasons = [line["reason"] for line in accounts(caplog, "refused")]
    assert reasons == ([] if copies.into else [NOT_INTO])
