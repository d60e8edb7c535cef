"""How a viewer wants its pixels: PIXEL_FORMAT (RFC 6143 section 7.4). No pixels here."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import ClassVar, Self

from desktopd.rfb.protocol.message import ProtocolError


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
        """Read 16 bytes. Raises ProtocolError at bits per pixel that no server knows."""
        found = cls(*cls.layout.unpack(raw))
        check_bits_per_pixel(found.bits_per_pixel)
        return found

    def check(self) -> None:
        """Raise ProtocolError where no pixel can have this format."""
        for colour, (maximum, shift) in zip(("red", "green", "blue"), self.channels, strict=True):
            if not maximum or maximum & maximum + 1:
                raise ProtocolError(f"maximum {maximum} of {colour} is not 2**n - 1")
            if shift + maximum.bit_length() > self.bits_per_pixel:
                raise ProtocolError(
                    f"{colour} of {maximum.bit_length()} bits shifted by {shift} "
                    f"is outside of {self.bits_per_pixel} bits per pixel"
                )

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


def check_bits_per_pixel(bits: int) -> None:
    """Raise ProtocolError where a pixel cannot have so many bits (section 7.4)."""
    if bits not in (8, 16, 32):
        raise ProtocolError(f"SetPixelFormat: {bits} bits per pixel, must be 8, 16 or 32")


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
