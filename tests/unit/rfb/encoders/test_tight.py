"""Rectangles of the Tight encoding, read by a decoder written for these tests.

They cover the filters too, by the means that the decoder has seen.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.pixels import Pixels, translate
from desktopd.rfb.encoders.tight import (
    MAX_LENGTH,
    MAX_WIDTH,
    TightEncoder,
    compact_length,
    tight,
)
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from tests import rfb_decoders as decoders
from tests.rfb_decoders import Form, Tight, Values, decoded
from tests.unit.rfb.encoders.pictures import FORMATS, noise, picture, smooth


class Reader:
    """A viewer, by the means of its last rectangle."""

    def __init__(self, target: PixelFormat = NATIVE) -> None:
        self.form = Form(target)
        self.tight = Tight()

    def read(self, payload: bytes, width: int, height: int) -> Values:
        return decoded(self.tight.rectangle(width, height, self.form), payload)

    @property
    def used(self) -> str:
        return self.tight.used


def same(found: Values, pixels: Pixels, target: PixelFormat = NATIVE) -> bool:
    return np.array_equal(found, translate(pixels, target))


@given(
    st.integers(0, 1 << 32),
    st.sampled_from([1, 2, 3, 16, 17, 255, 256, 257, 1000]),
    st.integers(1, 60),
    st.integers(1, 40),
    st.sampled_from(FORMATS),
    st.integers(1, 9),
)
def test_what_is_decoded_is_what_was_encoded(
    seed: int, colours: int, width: int, height: int, target: PixelFormat, level: int
) -> None:
    pixels = picture(seed, width, height, colours)
    found = Reader(target).read(tight(pixels, level, target), width, height)
    assert same(found, pixels, target)


@pytest.mark.parametrize(
    ("pixels", "used"),
    [
        (picture(1, 1, 1, 1), "fill"),
        (picture(1, 64, 64, 1), "fill"),
        (picture(1, 64, 64, 2), "mono"),
        (picture(1, 13, 7, 2), "mono"),
        (picture(1, 64, 64, 3), "palette"),
        (picture(1, 64, 64, 256), "palette"),
        (picture(1, 64, 64, 257), "copy"),
        (picture(1, 3, 1, 3), "copy"),
        (picture(1, 64, 64, 4096), "copy"),
        (smooth(160, 90), "gradient"),
        (np.arange(16, dtype=np.uint32).repeat(100).reshape(40, 40) * 0x101010, "palette"),
    ],
)
def test_each_picture_goes_by_the_means_that_fits(pixels: Pixels, used: str) -> None:
    reader = Reader()
    height, width = pixels.shape
    assert same(reader.read(tight(pixels, 1), width, height), pixels)
    assert reader.used == used


def test_any_viewer_can_be_given_any_rectangle_at_any_time() -> None:
    pictures = [picture(n, 30 + n, 20, colours) for n, colours in enumerate((2, 3, 900, 2, 3, 900))]
    pictures.append(smooth(64, 64))
    encoded = [tight(pixels) for pixels in pictures]
    for order in np.random.default_rng(5).integers(0, len(pictures), (8, 20)):
        reader = Reader()
        for number in order:
            height, width = pictures[number].shape
            assert same(reader.read(encoded[number], width, height), pictures[number])


def test_one_colour() -> None:
    assert tight(np.full((9, 9), 0xFF123456, np.uint32)) == b"\x80\x12\x34\x56"


@pytest.mark.parametrize(
    ("length", "said"),
    [(0, "00"), (127, "7f"), (128, "8001"), (10000, "904e"), (MAX_LENGTH, "ffffff")],
)
def test_a_length_on_the_wire(length: int, said: str) -> None:
    assert compact_length(length).hex() == said


@given(st.integers(0, MAX_LENGTH))
def test_a_length_in_its_compact_form(length: int) -> None:
    said = compact_length(length)
    assert len(said) == (1 if length < 128 else 2 if length < 16384 else 3)
    assert decoded(decoders.compact_length(), said) == length


def test_the_widest_rectangle() -> None:
    pixels = picture(3, MAX_WIDTH, 2, 3000)
    assert same(Reader().read(tight(pixels), MAX_WIDTH, 2), pixels)
    with pytest.raises(ValueError, match="2049 x 1, width 1 to 2048"):
        tight(np.zeros((1, MAX_WIDTH + 1), np.uint32))


def test_noise_of_a_million_pixels_fits_into_one_rectangle() -> None:
    pixels = noise(2048, 512)
    assert same(Reader().read(tight(pixels), 2048, 512), pixels)


def test_a_level_that_zlib_has_not_is_refused() -> None:
    for level in (0, 10):
        with pytest.raises(ValueError, match=f"compression level {level}, must be 1 to 9"):
            tight(np.zeros((1, 1), np.uint32), level)


def test_many_grays_that_change_slowly_go_by_the_gradient() -> None:
    y, x = np.mgrid[0:128, 0:128]
    shade = 127 + 90 * np.sin(x / 17) * np.cos(y / 23) + np.random.default_rng(1).random(x.shape)
    pixels = shade.astype(np.uint32) * np.uint32(0x010101)
    reader = Reader()
    assert same(reader.read(tight(pixels), 128, 128), pixels)
    assert reader.used == "gradient"


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="split it"):
        compact_length(MAX_LENGTH + 1)


@pytest.mark.parametrize(("level", "zlib_level"), [(0, 1), (1, 1), (6, 6), (9, 9)])
def test_every_level_of_rfbproto_is_one_of_zlib(level: int, zlib_level: int) -> None:
    pixels = picture(1, 64, 40, 200)
    rectangle = TightEncoder().encode(Rectangle(0, 0, 64, 40), pixels, NATIVE, level)
    assert rectangle.data[12:] == tight(pixels, zlib_level)
