"""Keys and buttons that a viewer has pressed and not released."""

from __future__ import annotations

from struct import pack

from desktopd.rfb.protocol.client_messages import KeyEvent, MessageType, PointerEvent, QemuKeyEvent
from desktopd.rfb.protocol.message import ProtocolError

KEYS_LIMIT = 256

_Key = tuple[type[KeyEvent | QemuKeyEvent], int]


class PressedKeys:
    """What has to be released for a viewer that leaves in the middle of a keystroke or drag."""

    def __init__(self) -> None:
        self._keys: dict[_Key, bytes] = {}
        self._pointer: bytes | None = None

    def key(self, event: KeyEvent | QemuKeyEvent) -> None:
        """Follow a key; ProtocolError when more are down than an X keyboard has."""
        key: _Key
        match event:
            case QemuKeyEvent(keysym=keysym, keycode=keycode):
                key = QemuKeyEvent, keycode
                release = pack(">BBHII", MessageType.QEMU, 0, False, keysym, keycode)
            case KeyEvent(keysym=keysym):
                key = KeyEvent, keysym
                release = pack(">B?xxI", MessageType.KEY_EVENT, False, keysym)
        self._keys.pop(key, None)
        if event.down:
            self._keys[key] = release
        if len(self._keys) > KEYS_LIMIT:
            raise ProtocolError(f"more than {KEYS_LIMIT} keys are held down at once")

    def pointer(self, event: PointerEvent) -> None:
        """Follow the buttons."""
        self._pointer = None
        if event.buttons:
            # A PointerEvent without the extended mask releases the extended buttons too.
            self._pointer = pack(">BBHH", MessageType.POINTER_EVENT, 0, event.x, event.y)

    def releases(self) -> bytes:
        """Client messages that release everything, the last pressed key first."""
        return b"".join(reversed(self._keys.values())) + (self._pointer or b"")
