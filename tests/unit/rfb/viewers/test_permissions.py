"""What a viewer may say: with control everything, without only what the picture needs."""

from __future__ import annotations

from struct import pack

import pytest

from desktopd.rfb.protocol.client_message_parser import ClientMessageParser
from desktopd.rfb.viewers.permissions import ViewerPermissions
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer

HELLO = b"RFB 003.008\n", b"\x01"
EXCLUSIVE = b"\x00"
REQUEST = pack(">BBHHHH", 3, 1, 0, 0, 640, 480)
KEY = pack(">B?xxI", 4, True, 97)
CUT_TEXT = pack(">BxxxI", 6, 4) + b"text"


def admitted(viewer: Viewer, *messages: bytes) -> list[bytes]:
    """What reaches the server."""
    permissions = ViewerPermissions(viewer)
    stream = ClientMessageParser().feed(b"".join((*HELLO, *messages)))
    return [permissions.admit(message) for message in stream][2:]


def viewer(role: Role) -> Viewer:
    return Viewer(role=role, address="::1", path=PixelPath.NATIVE, clock=lambda: 7.0)


@pytest.mark.parametrize("role", Role)
def test_nobody_is_alone(role: Role) -> None:
    assert admitted(viewer(role), EXCLUSIVE, REQUEST) == [b"\x01", REQUEST]


def test_with_control() -> None:
    user = viewer(Role.CONTROL)
    assert admitted(user, EXCLUSIVE, KEY, CUT_TEXT) == [b"\x01", KEY, CUT_TEXT]
    assert user.last_input == 7.0


def test_without_control() -> None:
    watcher = viewer(Role.VIEW)
    assert admitted(watcher, EXCLUSIVE, KEY, CUT_TEXT) == [b"\x01", b"", b""]
    assert watcher.last_input is None
