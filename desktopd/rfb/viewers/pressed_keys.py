"""The keys and buttons that a relayed viewer holds, as the messages that release them.

A server behind the relay takes no other orders than messages. The native server presses keys itself
and needs none of this: x11/input/keyboard knows which key each viewer holds, and
x11/input/virtual_keyboard how many hold it.
"""

from __future__ import annotations

from struct import pack

from desktopd.rfb.protocol.client_messages import MessageType
from desktopd.rfb.protocol.input_events import KeyEvent, PointerEvent, QemuKeyEvent
from desktopd.rfb.protocol.message import ClientMessage, ProtocolError

KEYS_LIMIT = 256

_Key = tuple[type[ClientMessage], int]


class PressedKeys:
    """Remembers what has to be released when the viewer leaves in the middle of a key or a drag."""

    def __init__(self) -> None:
        self._keys: dict[_Key, bytes] = {}
        self._pointer = b""

    def follow(self, message: ClientMessage) -> None:
        """Take note of a message; ProtocolError when more keys are down than an X keyboard has."""
        match message:
            case QemuKeyEvent(down=down, keysym=keysym, keycode=keycode):
                release = pack(">BBHII", MessageType.QEMU, 0, False, keysym, keycode)
                self._follow_key((QemuKeyEvent, keycode), release, down=down)
            case KeyEvent(down=down, keysym=keysym):
                release = pack(">B?xxI", MessageType.KEY_EVENT, False, keysym)
                self._follow_key((KeyEvent, keysym), release, down=down)
            case PointerEvent(buttons=buttons, x=x, y=y):
                # A PointerEvent without the extended mask releases the extended buttons too.
                release = pack(">BBHH", MessageType.POINTER_EVENT, 0, x, y)
                self._pointer = release if buttons else b""

    def _follow_key(self, key: _Key, release: bytes, *, down: bool) -> None:
        self._keys.pop(key, None)
        if down:
            self._keys[key] = release
        if len(self._keys) > KEYS_LIMIT:
            raise ProtocolError(f"more than {KEYS_LIMIT} keys are held down at once")

    def take_releases(self) -> bytes:
        """What releases everything, the last pressed key first. Nothing is held then."""
        releases = b"".join(reversed(self._keys.values())) + self._pointer
        self._keys.clear()
        self._pointer = b""
        return releases
