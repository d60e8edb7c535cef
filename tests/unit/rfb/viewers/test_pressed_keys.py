from __future__ import annotations

from struct import pack

import pytest

from desktopd.rfb.protocol.client_messages import SetEncodings
from desktopd.rfb.protocol.input_events import (
    ExtendedPointerEvent,
    KeyEvent,
    PointerEvent,
    QemuKeyEvent,
)
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.viewers.pressed_keys import KEYS_LIMIT, PressedKeys


def key(keysym: int, *, down: bool = True) -> KeyEvent:
    return KeyEvent.parse(pack(">B?xxI", 4, down, keysym))


def qemu_key(keysym: int, scancode: int, *, down: bool = True) -> QemuKeyEvent:
    return QemuKeyEvent.parse(pack(">BBHII", 255, 0, down, keysym, scancode))


def pointer(buttons: int, x: int = 1, y: int = 2) -> PointerEvent:
    return PointerEvent.parse(pack(">BBHH", 5, buttons, x, y))


def releases(*messages: object) -> bytes:
    pressed = PressedKeys()
    for message in messages:
        pressed.follow(message)  # type: ignore[arg-type]
    return pressed.take_releases()


def test_what_is_held_is_released_in_the_reverse_order() -> None:
    held = releases(key(0xFFE3), key(0x61), key(0x61), qemu_key(0x62, 0x30), pointer(0b101, 7, 8))
    assert held == b"".join(
        (
            qemu_key(0x62, 0x30, down=False).raw,
            key(0x61, down=False).raw,
            key(0xFFE3, down=False).raw,
            pointer(0, 7, 8).raw,
        )
    )


def test_what_was_released_is_not_released_again() -> None:
    assert releases(key(0x61), key(0x61, down=False), pointer(1), pointer(0)) == b""
    # A scan code is its key, whatever it types by now.
    assert releases(qemu_key(0x61, 0x1E), qemu_key(0x41, 0x1E, down=False)) == b""
    assert releases(SetEncodings.parse(pack(">BxHi", 2, 1, 7))) == b""


def test_extended_buttons_are_released_by_a_message_without_them() -> None:
    held = ExtendedPointerEvent.parse(pack(">BBHHB", 5, 0x80, 3, 4, 1))
    assert releases(held) == pointer(0, 3, 4).raw


def test_no_more_keys_are_held_than_there_can_be() -> None:
    pressed = PressedKeys()
    for keysym in range(KEYS_LIMIT):
        pressed.follow(key(keysym))
    with pytest.raises(ProtocolError, match=f"more than {KEYS_LIMIT} keys"):
        pressed.follow(key(KEYS_LIMIT))
