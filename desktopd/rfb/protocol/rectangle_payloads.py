"""How many bytes follow the head of a rectangle, for those who read past it: no pixels are decoded.

Each payload is a generator of what has to be read next; section numbers are those of RFC 6143.
test_server_stream tests it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import NamedTuple

from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.pixel_format import PixelFormat


class ReadNext(NamedTuple):
    """From `least` to `most` bytes are to be read next."""

    least: int
    most: int


Reading = Generator[ReadNext, bytes, None]
"""Yields what it wants, and is sent it."""
_Length = Generator[ReadNext, bytes, int]

_TIGHT_BASIC_UNCOMPRESSED = 12
_SCREEN = 16
_ALPHA_PIXEL = 4


class PixelArea(NamedTuple):
    """Width and height of a rectangle in pixels, and the format of those."""

    width: int
    height: int
    pixel_format: PixelFormat

    @property
    def pixel(self) -> int:
        """Bytes of a pixel."""
        return self.pixel_format.bits_per_pixel // 8

    @property
    def pixels(self) -> int:
        """How many there are."""
        return self.width * self.height

    @property
    def mask(self) -> int:
        """Bytes of a bit for each pixel, where each row begins a byte."""
        return (self.width + 7) // 8 * self.height


def skip(count: int) -> Reading:
    """Read `count` bytes, as they come."""
    while count:
        count -= len((yield ReadNext(1, count)))


def number(count: int) -> _Length:
    """Read a number of `count` bytes."""
    return int.from_bytes((yield ReadNext(count, count)))


def payload(encoding: int, area: PixelArea) -> Reading:
    """What follows the head of a rectangle; raises ProtocolError at an encoding that is not known.

    Nothing follows that of an announcement.
    """
    if encoding in _FIXED:
        yield from skip(_FIXED[Encoding(encoding)](area))
    elif encoding in _READ:
        yield from _READ[Encoding(encoding)](area)
    else:
        raise ProtocolError(f"the server sent encoding {encoding}, which it was not asked for")


_FIXED: dict[Encoding, Callable[[PixelArea], int]] = {
    Encoding.RAW: lambda area: area.pixels * area.pixel,
    Encoding.COPYRECT: lambda _: 4,
    Encoding.CURSOR: lambda area: area.pixels * area.pixel + area.mask,
    Encoding.DESKTOP_SIZE: lambda _: 0,
    Encoding.LAST_RECT: lambda _: 0,
    Encoding.QEMU_EXTENDED_KEY_EVENT: lambda _: 0,
    Encoding.EXTENDED_MOUSE_BUTTONS: lambda _: 0,
    Encoding.QEMU_LED_STATE: lambda _: 1,
    Encoding.VMWARE_LED_STATE: lambda _: 4,
}


def _with_length(_: PixelArea) -> Reading:
    """ZRLE (section 7.7.6), Zlib, DesktopName: a length of four bytes, and the data."""
    yield from skip((yield from number(4)))


def _screens(_: PixelArea) -> Reading:
    """ExtendedDesktopSize (rfbproto)."""
    count = yield from number(1)
    yield from skip(3 + _SCREEN * count)


def _cursor_with_alpha(area: PixelArea) -> Reading:
    encoding = yield from number(4)
    if encoding != Encoding.RAW:
        raise ProtocolError(f"a pointer with alpha in encoding {encoding}, not raw")
    yield from skip(_ALPHA_PIXEL * area.pixels)


def _vmware_cursor(area: PixelArea) -> Reading:
    kind = yield from number(1)
    yield from skip(1 + area.pixels * (_ALPHA_PIXEL if kind else 2 * area.pixel))


def _tight(area: PixelArea) -> Reading:
    """Tight and TightPNG (rfbproto)."""
    tpixel = 3 if area.pixel_format.tpixel_is_rgb else area.pixel
    control = yield from number(1)
    match control >> 4:
        case 0x8:
            yield from skip(tpixel)
        case 0x9 | 0xA:
            yield from skip((yield from _compact_length()))
        case kind if kind < 0x8:
            yield from _tight_basic(area, tpixel, filtered=bool(kind & 0x4))
        case kind:
            raise ProtocolError(f"Tight: compression {kind} is not known")


def _tight_basic(area: PixelArea, tpixel: int, *, filtered: bool) -> Reading:
    size = area.pixels * tpixel
    kind = (yield from number(1)) if filtered else 0
    if kind == 1:
        colours = (yield from number(1)) + 1
        yield from skip(colours * tpixel)
        size = area.mask if colours == 2 else area.pixels
    elif kind > 2:
        raise ProtocolError(f"Tight: filter {kind} is not known")
    if size >= _TIGHT_BASIC_UNCOMPRESSED:
        size = yield from _compact_length()
    yield from skip(size)


def _compact_length() -> _Length:
    """Seven bits of the length in each of up to three bytes, the last with eight."""
    length = yield from number(1)
    if length & 0x80:
        more = yield from number(1)
        length = length & 0x7F | (more & 0x7F) << 7
        if more & 0x80:
            length |= (yield from number(1)) << 14
    return length


_READ: dict[Encoding, Callable[[PixelArea], Reading]] = {
    Encoding.ZLIB: _with_length,
    Encoding.ZRLE: _with_length,
    Encoding.DESKTOP_NAME: _with_length,
    Encoding.WEBP: _with_length,
    Encoding.TIGHT: _tight,
    Encoding.TIGHTPNG: _tight,
    Encoding.EXTENDED_DESKTOP_SIZE: _screens,
    Encoding.CURSOR_WITH_ALPHA: _cursor_with_alpha,
    Encoding.VMWARE_CURSOR: _vmware_cursor,
}

KNOWN = frozenset({*_FIXED, *_READ})
"""The encodings of rectangles that `payload` can read past."""
