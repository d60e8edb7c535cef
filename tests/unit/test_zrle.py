"""ZRLE and Raw, read by a decoder written for these tests."""

from __future__ import annotations

import zlib
from struct import unpack
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.rfb.pixelformat import NATIVE, PixelFormat, Pixels, translate
from desktopd.rfb.zrle import ZrleEncoder, raw
from tests.unit.test_pixelformat import COLOUR_MAP, FORMATS, picture


def used_bits(target: PixelFormat) -> int:
    return (
        target.red_max << target.red_shift
        | target.green_max << target.green_shift
        | target.blue_max << target.blue_shift
    )


def cpixel_length(target: PixelFormat) -> int:
    """RFC 6143 section 7.7.5."""
    if target.bits_per_pixel != 32 or target.depth > 24 or not target.true_colour:
        return target.bits_per_pixel // 8
    return 3 if used_bits(target) < 1 << 24 or not used_bits(target) & 0xFF else 4


class Reader:
    """A viewer's side of ZRLE (RFC 6143 section 7.7.6): one zlib stream for all rectangles."""

    def __init__(self, target: PixelFormat) -> None:
        self.stream = zlib.decompressobj()
        self.length = cpixel_length(target)
        self.kinds: set[int] = set()

    def read(self, payload: bytes, width: int, height: int) -> list[list[bytes]]:
        """Rows of CPIXELs."""
        (length,) = unpack(">I", payload[:4])
        assert len(payload) == 4 + length
        self.rest = self.stream.decompress(payload[4:])
        found = [[b""] * width for _ in range(height)]
        for top in range(0, height, 64):
            for left in range(0, width, 64):
                part = self.tile(min(64, width - left), min(64, height - top))
                for y, row in enumerate(part):
                    found[top + y][left : left + len(row)] = row
        assert self.rest == b""
        return found

    def tile(self, width: int, height: int) -> list[list[bytes]]:
        kind = self.take(1)[0]
        self.kinds.add(kind)
        if kind == 0:
            return [[self.take(self.length) for _ in range(width)] for _ in range(height)]
        assert kind <= 16, "17 to 127 are unused, run lengths are not made here"
        palette = [self.take(self.length) for _ in range(kind)]
        if kind == 1:
            return [palette * width for _ in range(height)]
        bits = 1 if kind == 2 else 2 if kind <= 4 else 4
        found = []
        for _ in range(height):
            row = "".join(f"{octet:08b}" for octet in self.take((width * bits + 7) // 8))
            found.append([palette[int(row[x * bits : (x + 1) * bits], 2)] for x in range(width)])
        return found

    def take(self, count: int) -> bytes:
        assert len(self.rest) >= count, "the rectangle is cut short"
        found, self.rest = self.rest[:count], self.rest[count:]
        return found


def shown(pixels: Pixels, target: PixelFormat) -> list[list[bytes]]:
    """The CPIXEL of each pixel."""
    length = cpixel_length(target)
    high = length < target.bits_per_pixel // 8 and used_bits(target) >= 1 << 24
    order: Literal["big", "little"] = "big" if target.big_endian else "little"
    values = translate(pixels, target) >> (8 if high else 0)
    return [[int(value).to_bytes(length, order) for value in row] for row in values]


@given(
    st.integers(0, 1 << 32),
    st.sampled_from([1, 2, 3, 4, 5, 16, 17, 255, 256, 257]),
    st.integers(1, 140),
    st.integers(1, 80),
    st.sampled_from([*FORMATS, COLOUR_MAP]),
)
def test_what_is_decoded_is_what_was_encoded(
    seed: int, colours: int, width: int, height: int, target: PixelFormat
) -> None:
    pixels = picture(seed, width, height, colours)
    found = Reader(target).read(ZrleEncoder().encode(pixels, target), width, height)
    assert found == shown(pixels, target)


@pytest.mark.parametrize("colours", [1, 2, 3, 4, 5, 16, 17])
def test_few_colours_are_sent_as_a_palette(colours: int) -> None:
    reader = Reader(NATIVE)
    reader.read(ZrleEncoder().encode(picture(1, 64, 64, colours), NATIVE), 64, 64)
    assert reader.kinds == {colours if colours <= 16 else 0}


def test_all_rectangles_of_a_viewer_go_through_one_stream() -> None:
    encoder, reader = ZrleEncoder(9), Reader(NATIVE)
    sizes = []
    pixels = picture(2, 100, 70, 5000)
    for _ in range(3):
        payload = encoder.encode(pixels, NATIVE)
        sizes.append(len(payload))
        assert reader.read(payload, 100, 70) == shown(pixels, NATIVE)
    assert sizes[2] < sizes[0] / 5, "the stream remembers what it has sent"


@pytest.mark.parametrize("target", [*FORMATS, COLOUR_MAP])
def test_raw_is_the_pixels(target: PixelFormat) -> None:
    pixels = picture(4, 7, 5, 35)
    said = raw(pixels, target)
    assert len(said) == 35 * target.bits_per_pixel // 8
    assert said == np.ascontiguousarray(translate(pixels, target)).tobytes()
