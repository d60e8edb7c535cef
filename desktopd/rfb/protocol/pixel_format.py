"""How a viewer wants its pixels (RFC 6143 section 7.4), and pixels brought into that form.

The framebuffer's pixels are arrays of uint32, shape (height, width), 0xXXRRGGBB in little-endian
order; what stands in the top byte is never looked at. They may be slices of a larger array.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from struct import Struct
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from desktopd.rfb.protocol.message import ProtocolError

Pixels = NDArray[np.uint32]
Octets = NDArray[np.uint8]

RGB_MASK = np.uint32(0xFFFFFF)
_NO_COLOUR = np.uint32(0xFFFFFFFF)
_HASH_BITS = 16
_AT_ONCE = 8192  # pixels whose scratch arrays stay in the processor's cache
_MULTIPLIER = 0x9E3779B1


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """PIXEL_FORMAT of RFC 6143 section 7.4; a maximum is 2**bits - 1, a shift is in bits."""

    layout: ClassVar[Struct] = Struct(">BB??HHHBBB3x")
    bits_per_pixel: int
    depth: int
    big_endian: bool
    true_colour: bool
    red_max: int
    green_max: int
    blue_max: int
    red_shift: int
    green_shift: int
    blue_shift: int

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read 16 bytes. Raises ProtocolError at a format that no pixel can have."""
        found = cls(*cls.layout.unpack(raw))
        if found.bits_per_pixel not in (8, 16, 32):
            raise ProtocolError(f"{found.bits_per_pixel} bits per pixel, must be 8, 16 or 32")
        for colour, (maximum, shift) in zip(("red", "green", "blue"), found.channels, strict=True):
            if not maximum or maximum & maximum + 1:
                raise ProtocolError(f"maximum {maximum} of {colour} is not 2**n - 1")
            if shift + maximum.bit_length() > found.bits_per_pixel:
                raise ProtocolError(
                    f"{colour} of {maximum.bit_length()} bits shifted by {shift} "
                    f"is outside of {found.bits_per_pixel} bits per pixel"
                )
        return found

    def pack(self) -> bytes:
        """The 16 bytes of the wire."""
        return self.layout.pack(
            self.bits_per_pixel,
            self.depth,
            self.big_endian,
            self.true_colour,
            *(self.red_max, self.green_max, self.blue_max),
            *(self.red_shift, self.green_shift, self.blue_shift),
        )

    @property
    def channels(self) -> tuple[tuple[int, int], ...]:
        """Maximum and shift of red, green and blue, for a colour map those of its index."""
        if not self.true_colour:
            return COLOUR_MAP_CHANNELS
        return (
            (self.red_max, self.red_shift),
            (self.green_max, self.green_shift),
            (self.blue_max, self.blue_shift),
        )

    @property
    def byte_order(self) -> str:
        """What numpy calls it."""
        return ">" if self.big_endian else "<"

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger[Any]]:
        """One pixel on the wire."""
        return np.dtype(f"{self.byte_order}u{self.bits_per_pixel // 8}")

    @property
    def tpixel_is_rgb(self) -> bool:
        """A TPIXEL of the Tight encoding (rfbproto) is the three bytes red, green and blue."""
        return (
            self.true_colour
            and (self.bits_per_pixel, self.depth) == (32, 24)
            and (self.red_max, self.green_max, self.blue_max) == (255, 255, 255)
        )

    @property
    def cpixel_bytes(self) -> slice:
        """Which bytes of a pixel of the wire a CPIXEL of ZRLE keeps (section 7.7.5)."""
        whole = slice(0, self.bits_per_pixel // 8)
        if self.bits_per_pixel != 32 or self.depth > 24 or not self.true_colour:
            return whole
        if all(maximum << shift < 1 << 24 for maximum, shift in self.channels):
            return slice(1, 4) if self.big_endian else slice(0, 3)
        if all(shift >= 8 for _, shift in self.channels):
            return slice(0, 3) if self.big_endian else slice(1, 4)
        return whole


# Blue 2 bits, green 3, red 3: the index of a pixel in a colour map format.
COLOUR_MAP_CHANNELS = ((7, 0), (7, 3), (3, 6))
NATIVE = PixelFormat(32, 24, False, True, 255, 255, 255, 16, 8, 0)


def colour_map() -> list[tuple[int, int, int]]:
    """Red, green and blue (0..65535) of each of the 256 indices sent in a colour map format."""
    (red, red_shift), (green, green_shift), (blue, blue_shift) = COLOUR_MAP_CHANNELS
    return [
        (
            (index >> red_shift & red) * 65535 // red,
            (index >> green_shift & green) * 65535 // green,
            (index >> blue_shift & blue) * 65535 // blue,
        )
        for index in range(256)
    ]


def translate(pixels: Pixels, target: PixelFormat) -> NDArray[np.unsignedinteger[Any]]:
    """The same pixels as `target` wants them on the wire: same shape, C order, unused bits 0."""
    if all(maximum == 255 for maximum, _ in target.channels):
        return _moved(pixels, target)
    found: NDArray[np.uint32] = np.zeros(pixels.shape, np.uint32)
    for (maximum, shift), table_shift in zip(target.channels, (16, 8, 0), strict=True):
        found |= _scaled(maximum, shift)[(pixels >> np.uint32(table_shift)).astype(np.uint8)]
    return found.astype(target.dtype)


def _moved(pixels: Pixels, target: PixelFormat) -> NDArray[np.unsignedinteger[Any]]:
    """`translate` where all channels keep their 8 bits."""
    shifts = tuple(shift for _, shift in target.channels)
    if shifts == (16, 8, 0):
        return (pixels & RGB_MASK).astype(target.dtype, copy=False)
    found: NDArray[np.uint32] = np.zeros(pixels.shape, np.uint32)
    for shift, own in zip(shifts, (16, 8, 0), strict=True):
        found |= (pixels >> np.uint32(own) & np.uint32(255)) << np.uint32(shift)
    return found.astype(target.dtype, copy=False)


@cache
def _scaled(maximum: int, shift: int) -> NDArray[np.uint32]:
    """What each of the 256 intensities becomes, rounded to the nearest."""
    intensities = np.arange(256, dtype=np.uint32)
    return (intensities * np.uint32(maximum) + np.uint32(127)) // np.uint32(255) << np.uint32(shift)


def rgb(pixels: Pixels) -> Octets:
    """Three bytes a pixel, shape (height, width, 3)."""
    octets = np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)
    found = np.empty((*pixels.shape, 3), np.uint8)
    for place in range(3):
        found[..., place] = octets[..., 2 - place]
    return found


def tpixels(pixels: Pixels, target: PixelFormat) -> Octets:
    """Pixels as TPIXEL of the Tight encoding, shape (height, width, bytes)."""
    if target.tpixel_is_rgb:
        return rgb(pixels)
    return _octets(translate(pixels, target))


def cpixels(pixels: Pixels, target: PixelFormat) -> Octets:
    """Pixels as CPIXEL of ZRLE, shape (height, width, bytes)."""
    return _octets(translate(pixels, target))[..., target.cpixel_bytes]


def _octets(translated: NDArray[np.unsignedinteger[Any]]) -> Octets:
    return translated.view(np.uint8).reshape(*translated.shape, translated.itemsize)


def indexed(pixels: Pixels, limit: int = 256) -> tuple[Pixels, Octets] | None:
    """The sorted colours of a picture that has at most `limit` (to 256), and each pixel's index.

    None where there are more. Cheaper than sorting all pixels: only the colours of a sample are,
    and then of those pixels that the colours known so far do not explain.
    """
    height, width = pixels.shape
    colours = np.unique(pixels[:: height // 24 + 1, :: width // 48 + 1] & RGB_MASK)
    if len(colours) > limit:
        return None
    known = _Colours(colours)
    indices = np.empty(pixels.shape, np.uint8)
    step = _AT_ONCE // width + 1
    for top in range(0, height, step):
        rows = slice(top, top + step)
        masked = pixels[rows] & RGB_MASK
        while True:
            indices[rows], unknown = known.look_up(masked)
            if not len(unknown):
                break
            more = np.unique(unknown[:: len(unknown) // 2048 + 1])
            colours = np.concatenate((colours, more))
            if len(colours) > limit:
                return None
            known = _Colours(colours)
    return known.sorted(indices)


class _Colours:
    """At most 256 colours, and a hash table without collisions that finds them."""

    def __init__(self, colours: Pixels) -> None:
        self.colours = colours
        self._padded = np.full(256, _NO_COLOUR)
        self._padded[: len(colours)] = colours
        self._table = np.zeros(1 << _HASH_BITS, np.uint8)
        own = np.arange(len(colours), dtype=np.uint8)
        multiplier = _MULTIPLIER
        while True:
            self._multiplier = np.uint32(multiplier)
            slots = self._slots(colours)
            self._table[slots] = own
            if np.array_equal(self._table[slots], own):
                return
            multiplier = multiplier * _MULTIPLIER & 0xFFFFFFFF

    def _slots(self, masked: Pixels) -> Pixels:
        return masked * self._multiplier >> np.uint32(32 - _HASH_BITS)

    def look_up(self, masked: Pixels) -> tuple[Octets, Pixels]:
        """The index of each pixel, and those pixels of which the index is wrong."""
        indices = self._table.take(self._slots(masked), mode="clip")
        return indices, masked[self._padded.take(indices, mode="clip") != masked]

    def sorted(self, indices: Octets) -> tuple[Pixels, Octets]:
        """The colours in order, and what becomes of `indices`."""
        order = np.argsort(self.colours)
        if np.array_equal(order, np.arange(len(order))):
            return self.colours, indices
        rank = np.empty(len(order), np.uint8)
        rank[order] = np.arange(len(order), dtype=np.uint8)
        return self.colours[order], rank.take(indices, mode="clip")
