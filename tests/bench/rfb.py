"""What a viewer hears and answers, without looking at pixels: RFC 6143 and the rfbproto registry.

`Hearing` gets bytes and gives bytes. It asks for pictures as noVNC does, follows each message to
the end of its last rectangle, and throws the pixels away.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from struct import pack, unpack

from desktopd.rfb.protocol.encodings import Encoding

QUALITY, COMPRESSION = 6, 2  # noVNC's own, of 0 to 9

CURSOR = -239
DESKTOP_SIZE = -223
LAST_RECT = -224
DESKTOP_NAME = -307
EXTENDED_DESKTOP_SIZE = -308
FENCE = -312
CONTINUOUS_UPDATES = -313
_QUALITY_LEVEL = -32
_COMPRESSION_LEVEL = -256
ENCODINGS = (
    *(Encoding.COPYRECT, Encoding.H264, Encoding.TIGHT, Encoding.ZRLE, Encoding.RAW),
    *(_QUALITY_LEVEL + QUALITY, _COMPRESSION_LEVEL + COMPRESSION),
    *(DESKTOP_SIZE, LAST_RECT, DESKTOP_NAME, EXTENDED_DESKTOP_SIZE, FENCE, CONTINUOUS_UPDATES),
    CURSOR,
)
_NONE = 1  # security type
_PIXEL_FORMAT = pack(">4B3H3B3x", 32, 24, 0, 1, 255, 255, 255, 0, 8, 16)
_FENCE_REQUEST = 1 << 31
_FENCE_FLAGS = 0b111

# Yields how many bytes it wants next, and is sent them; or minus how many it does not want to see.
Wants = Generator[int, bytes, None]


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def meets(self, other: Area) -> bool:
        """Whether they have a pixel in common."""
        across = self.x < other.x + other.width and other.x < self.x + self.width
        return across and self.y < other.y + other.height and other.y < self.y + self.height


class Hearing:
    """One viewer's side of a connection. ValueError from `feed` for what it does not know."""

    def __init__(self, watched: Area) -> None:
        """`watched` is a part of the screen whose every update counts as a frame."""
        self.updates = 0
        self.frames = 0
        self._watched = watched
        self._answers = bytearray()
        self._buffer = bytearray()
        self._size = (0, 0)
        self._continuous = False
        self._conversation = self._converse()
        self._wanted = next(self._conversation)

    def feed(self, data: bytes) -> bytes:
        """What the server has sent; returns what to answer."""
        self._buffer += data
        position = 0
        while position < len(self._buffer):
            left = len(self._buffer) - position
            if self._wanted < 0:
                passed = min(-self._wanted, left)
                position += passed
                self._wanted += passed
                if self._wanted == 0:
                    self._wanted = self._conversation.send(b"")
            elif self._wanted <= left:
                piece = bytes(self._buffer[position : position + self._wanted])
                position += self._wanted
                self._wanted = self._conversation.send(piece)
            else:
                break
            while self._wanted == 0:
                self._wanted = self._conversation.send(b"")
        del self._buffer[:position]
        answers, self._answers = bytes(self._answers), bytearray()
        return answers

    def _converse(self) -> Wants:
        yield 12
        self._answers += b"RFB 003.008\n"
        count = yield 1
        kinds = yield count[0]
        if _NONE not in kinds:
            raise ValueError(f"the server asks for a password: security types {list(kinds)}")
        self._answers.append(_NONE)
        result = yield 4
        if any(result):
            raise ValueError("the server refused the viewer")
        self._answers.append(1)  # shared
        start = yield 24
        self._size = unpack(">HH", start[:4])
        yield -unpack(">I", start[20:])[0]
        self._answers += b"\0\0\0\0" + _PIXEL_FORMAT
        self._answers += pack(f">BxH{len(ENCODINGS)}i", 2, len(ENCODINGS), *ENCODINGS)
        self._ask(incremental=False)
        while True:
            kind = yield 1
            yield from self._message(kind[0])

    def _message(self, kind: int) -> Wants:
        if kind == 0:
            yield from self._update()
        elif kind == 1:  # SetColourMapEntries
            head = yield 5
            yield -6 * unpack(">3xH", head)[0]
        elif kind == 2:  # Bell
            return
        elif kind == 3:  # ServerCutText
            head = yield 7
            yield -abs(unpack(">3xi", head)[0])
        elif kind == 150:  # EndOfContinuousUpdates: the server has them
            self._continuous = True
            self._enable_continuous_updates()
        elif kind == 248:
            head = yield 8
            flags, length = unpack(">3xIB", head)
            payload = yield length
            if flags & _FENCE_REQUEST:
                self._answers += pack(">B3xIB", 248, flags & _FENCE_FLAGS, length) + payload
        else:
            raise ValueError(f"unknown server message {kind}")

    def _update(self) -> Wants:
        head = yield 3
        seen = False
        for _ in range(unpack(">xH", head)[0]):
            head = yield 12
            *sides, encoding = unpack(">4Hi", head)
            area = Area(*sides)
            if encoding == LAST_RECT:
                break
            yield from self._rectangle(area, encoding)
            seen = seen or (encoding >= 0 and area.meets(self._watched))
        self.updates += 1
        self.frames += seen
        if not self._continuous:
            self._ask(incremental=True)

    def _rectangle(self, area: Area, encoding: int) -> Wants:
        pixels = area.width * area.height
        if encoding == Encoding.RAW:
            yield -4 * pixels
        elif encoding == Encoding.COPYRECT:
            yield -4
        elif encoding == Encoding.ZRLE:
            length = yield 4
            yield -unpack(">I", length)[0]
        elif encoding == Encoding.H264:
            head = yield 8
            yield -unpack(">II", head)[0]
        elif encoding == Encoding.TIGHT:
            yield from _tight(area)
        elif encoding == CURSOR:
            yield -(4 * pixels + (area.width + 7) // 8 * area.height)
        elif encoding == DESKTOP_NAME:
            length = yield 4
            yield -unpack(">I", length)[0]
        elif encoding == DESKTOP_SIZE:
            self._resize(area)
        elif encoding == EXTENDED_DESKTOP_SIZE:
            head = yield 4
            yield -16 * head[0]
            self._resize(area)
        else:
            raise ValueError(f"unknown encoding {encoding}")

    def _resize(self, area: Area) -> None:
        self._size = (area.width, area.height)
        if self._continuous:
            self._enable_continuous_updates()

    def _ask(self, *, incremental: bool) -> None:
        self._answers += pack(">BBHHHH", 3, incremental, 0, 0, *self._size)

    def _enable_continuous_updates(self) -> None:
        self._answers += pack(">BBHHHH", 150, 1, 0, 0, *self._size)


def _tight(area: Area) -> Wants:
    """RFC 6143 has no section for it: rfbproto, Tight encoding."""
    control = yield 1
    kind = control[0] >> 4
    if kind == 8:  # one colour
        yield -3
        return
    if kind < 8:
        size = 3 * area.width * area.height
        palette = yield from _palette() if kind & 4 else _no_palette()
        if palette:
            size = (area.width if palette > 2 else (area.width + 7) // 8) * area.height
        if size < 12:
            yield -size
            return
    yield -(yield from _compact_length())


def _palette() -> Generator[int, bytes, int]:
    """Pass the filter; returns the number of its colours, 0 for another filter."""
    filter_id = yield 1
    if filter_id[0] != 1:
        return 0
    last = yield 1
    yield -3 * (last[0] + 1)
    return last[0] + 1


def _no_palette() -> Generator[int, bytes, int]:
    return 0
    yield


def _compact_length() -> Generator[int, bytes, int]:
    """7, 7 and 8 bits, the low ones first."""
    length = 0
    for place in range(3):
        byte = yield 1
        length |= (byte[0] if place == 2 else byte[0] & 0x7F) << 7 * place
        if byte[0] < 0x80:
            break
    return length
