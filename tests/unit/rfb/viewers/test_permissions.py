"""What a viewer may say: with control everything, without only what the picture needs."""

from __future__ import annotations

from struct import pack

import pytest

from desktopd.rfb.protocol.client_message_parser import ClientMessageParser
from desktopd.rfb.viewers.control import ControlMode
from desktopd.rfb.viewers.people import People, Visitor
from desktopd.rfb.viewers.permissions import ONLY_WATCHES, ViewerPermissions
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers
from tests.unit.accounts import accounts

HELLO = b"RFB 003.008\n", b"\x01"
EXCLUSIVE, SHARED = b"\x00", b"\x01"
REQUEST = pack(">BBHHHH", 3, 1, 0, 0, 640, 480)
KEY = pack(">B?xxI", 4, True, 97)
CUT_TEXT = pack(">BxxxI", 6, 4) + b"text"


def admitted(viewer: Viewer, *messages: bytes) -> list[bytes]:
    """What reaches the server."""
    permissions = ViewerPermissions(viewer)
    stream = ClientMessageParser().feed(b"".join((*HELLO, *messages)))
    return [permissions.admit(message) for message in stream][len(HELLO) :]


def viewer(role: Role) -> Viewer:
    return Viewer(role=role, address="::1", path=PixelPath.NATIVE, clock=lambda: 7.0)


@pytest.mark.parametrize("role", Role)
def test_nobody_is_alone(role: Role) -> None:
    assert admitted(viewer(role), EXCLUSIVE, REQUEST) == [SHARED, REQUEST]


def test_with_control() -> None:
    user = viewer(Role.CONTROL)
    assert admitted(user, EXCLUSIVE, KEY, CUT_TEXT) == [SHARED, KEY, CUT_TEXT]
    assert user.last_input == 7.0


@pytest.mark.parametrize("keysym", [0xFE70, 0xFE73, 0xFE7A, 0xFED5, 0xFEF9, 0x1008FE01, 0x1008FE20])
def test_nobody_gives_orders_to_the_x_server(keysym: int) -> None:
    key = pack(">B?xxI", 4, True, keysym)
    with_scancode = pack(">BBHII", 255, 0, True, keysym, 30)
    assert admitted(viewer(Role.CONTROL), EXCLUSIVE, key, with_scancode) == [SHARED, b"", b""]


@pytest.mark.parametrize("keysym", [0xFE6F, 0xFE80, 0xFF08, 0xFF7F, 0x1008FF13])
def test_dead_keys_locks_and_media_keys_are_no_orders(keysym: int) -> None:
    key = pack(">B?xxI", 4, True, keysym)
    assert admitted(viewer(Role.CONTROL), EXCLUSIVE, key) == [SHARED, key]


def test_without_control() -> None:
    watcher = viewer(Role.VIEW)
    assert admitted(watcher, EXCLUSIVE, KEY, CUT_TEXT) == [SHARED, b"", b""]
    assert watcher.last_input is None


async def test_among_people_only_who_has_control_acts_and_everybody_points() -> None:
    viewers = Viewers(People(ControlMode.ONE))
    ana, ben = viewer(Role.CONTROL), viewer(Role.CONTROL)
    move, press = pack(">BBHH", 5, 0, 3, 4), pack(">BBHH", 5, 1, 5, 6)
    up = pack(">B?xxI", 4, False, 97)
    with (
        viewers.add(ana, Visitor("ana", Role.CONTROL)),
        viewers.add(ben, Visitor("ben", Role.CONTROL)),
    ):
        assert admitted(ana, SHARED, move, up) == [SHARED, move, up]
        assert admitted(ben, SHARED, move) == [SHARED, move]
        assert admitted(ana, SHARED, press) == [SHARED, press]
        dropped = admitted(ben, SHARED, REQUEST, move, KEY, up, press, CUT_TEXT)
        assert dropped == [SHARED, REQUEST, *[b""] * 5]
        assert [person.pointer for person in viewers.people] == [(5, 6), (5, 6)]


async def test_another_desktop_is_no_matter_of_these_people() -> None:
    viewers = Viewers(People(ControlMode.ONE))
    ana, elsewhere = viewer(Role.CONTROL), viewer(Role.CONTROL)
    with viewers.add(ana, Visitor("ana", Role.CONTROL)), viewers.add(elsewhere):
        assert admitted(ana, SHARED, KEY) == [SHARED, KEY]
        assert admitted(elsewhere, SHARED, KEY) == [SHARED, KEY]
        assert len(viewers.people) == 1


def test_what_a_watcher_copies_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    watcher = viewer(Role.VIEW)
    capabilities = pack(">Bxxxi", 6, -4) + pack(">I", 1 << 24)
    admitted(watcher, EXCLUSIVE, capabilities)
    assert accounts(caplog) == []
    admitted(watcher, EXCLUSIVE, CUT_TEXT, CUT_TEXT)
    who = {"viewer": watcher.id, "address": "::1", "role": "view"}
    assert accounts(caplog) == [{"event": "refused", "reason": ONLY_WATCHES, **who}]
