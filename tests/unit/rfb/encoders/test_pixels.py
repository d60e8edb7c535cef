"""Pixels in every form that a viewer may ask for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.rfb.encoders.pixels import cpixels, rgb, tpixels, translate
from desktopd.rfb.protocol.pixel_format import PixelFormat, colour_map
from tests.unit.rfb.encoders.pictures import COLOUR_MAP, FORMATS, form, picture


def expected(pixel: int, wanted: PixelFormat) -> bytes:
    """One pixel, as RFC 6143 section 7.4 says it."""
    value = 0
    for own, maximum, shift in (
        (16, wanted.red_max, wanted.red_shift),
        (8, wanted.green_max, wanted.green_shift),
        (0, wanted.blue_max, wanted.blue_shift),
    ):
        value |= int((pixel >> own & 255) / 255 * maximum + 0.5) << shift
    order = "big" if wanted.big_endian else "little"
    return value.to_bytes(wanted.bits_per_pixel // 8, order)


@pytest.mark.parametrize("wanted", FORMATS)
@given(st.integers(0, 1 << 32), st.integers(1, 20), st.integers(1, 9))
def test_every_pixel_is_said_in_the_wanted_form(
    wanted: PixelFormat, seed: int, width: int, height: int
) -> None:
    pixels = picture(seed, width, height, width * height)
    before = pixels.copy()
    found = translate(pixels, wanted)
    assert found.shape == pixels.shape
    assert found.tobytes() == b"".join(expected(int(pixel), wanted) for pixel in pixels.flat)
    assert np.array_equal(pixels, before)


def test_a_colour_map_says_what_its_indices_mean() -> None:
    entries = colour_map()
    for colour in (0x000000, 0xFFFFFF, 0xFF0000, 0x00FF00, 0x0000FF, 0x123456, 0x808080):
        (index,) = translate(np.array([[colour]], np.uint32), COLOUR_MAP).tobytes()
        for said, shift, step in zip(entries[index], (16, 8, 0), (7, 7, 3), strict=True):
            assert abs(said / 65535 - (colour >> shift & 255) / 255) <= 0.5 / step + 0.002


def test_red_green_and_blue_are_a_byte_each() -> None:
    pixels = np.array([[0xEE112233, 0x00FF0001]], np.uint32)
    assert rgb(pixels).tolist() == [[[0x11, 0x22, 0x33], [0xFF, 0, 1]]]


@pytest.mark.parametrize("wanted", FORMATS)
def test_pixels_of_tight_are_red_green_blue_only_at_a_depth_of_24(wanted: PixelFormat) -> None:
    pixels = picture(1, 5, 3, 15)
    maxima = (wanted.red_max, wanted.green_max, wanted.blue_max)
    if (wanted.bits_per_pixel, wanted.depth, maxima) == (32, 24, (255, 255, 255)):
        said = b"".join((int(pixel) & 0xFFFFFF).to_bytes(3, "big") for pixel in pixels.flat)
    else:
        said = translate(pixels, wanted).tobytes()
    assert tpixels(pixels, wanted).tobytes() == said


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (form(32, 24, False, (255, 255, 255), (16, 8, 0)), b"\x33\x22\x11"),
        (form(32, 24, True, (255, 255, 255), (16, 8, 0)), b"\x11\x22\x33"),
        (form(32, 24, False, (255, 255, 255), (24, 16, 8)), b"\x33\x22\x11"),
        (form(32, 24, True, (255, 255, 255), (24, 16, 8)), b"\x11\x22\x33"),
        (form(32, 24, False, (255, 255, 255), (0, 12, 24)), b"\x11\x20\x02\x33"),
        (form(32, 32, False, (255, 255, 255), (16, 8, 0)), b"\x33\x22\x11\x00"),
        (form(32, 16, False, (31, 31, 31), (10, 5, 0)), b"\x86\x08\x00"),
        (form(16, 16, True, (31, 31, 31), (10, 5, 0)), b"\x08\x86"),
    ],
)
def test_pixels_of_zrle_leave_out_the_byte_that_says_nothing(
    wanted: PixelFormat, kept: bytes
) -> None:
    assert cpixels(np.array([[0xEE112233]], np.uint32), wanted).tobytes() == kept
