"""Pixels in every form that a viewer may ask for."""

from __future__ import annotations

from struct import pack

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.rfb.encoders.palette import indexed
from desktopd.rfb.encoders.pixels import Pixels, cpixels, tpixels, translate
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat, colour_map


def form(
    bits: int, depth: int, big: bool, maxima: tuple[int, ...], shifts: tuple[int, ...]
) -> PixelFormat:
    return PixelFormat(bits, depth, big, True, *maxima, *shifts)


FORMATS = [
    form(bits, depth, big, maxima, shifts)
    for big in (False, True)
    for bits, depth, maxima, shifts in (
        (32, 24, (255, 255, 255), (16, 8, 0)),
        (32, 24, (255, 255, 255), (0, 8, 16)),
        (32, 24, (255, 255, 255), (24, 16, 8)),
        (32, 24, (255, 255, 255), (0, 12, 24)),
        (32, 32, (255, 255, 255), (16, 8, 0)),
        (32, 30, (1023, 1023, 1023), (20, 10, 0)),
        (32, 16, (31, 63, 31), (11, 5, 0)),
        (16, 16, (31, 63, 31), (11, 5, 0)),
        (16, 15, (31, 31, 31), (0, 5, 10)),
        (8, 8, (7, 7, 3), (0, 3, 6)),
        (8, 8, (7, 7, 3), (5, 2, 0)),
        (8, 3, (1, 1, 1), (0, 1, 2)),
    )
]
COLOUR_MAP = PixelFormat(8, 8, False, False, 0, 0, 0, 0, 0, 0)


def picture(seed: int, width: int, height: int, colours: int) -> Pixels:
    """A slice of a larger picture, with garbage in the top bytes and exactly so many colours."""
    random = np.random.default_rng(seed)
    values = random.choice(1 << 24, colours, replace=False).astype(np.uint32)
    shown = random.integers(0, colours, width * height)
    shown[:colours] = np.arange(colours)[: width * height]
    whole = random.integers(0, 1 << 32, (height + 5, width + 7), np.uint32)
    found: Pixels = whole[3 : 3 + height, 2 : 2 + width]
    found[:] = values[random.permutation(shown)].reshape(height, width)
    found |= random.integers(0, 256, found.shape, np.uint32) << np.uint32(24)
    return found


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


@pytest.mark.parametrize("wanted", FORMATS)
def test_a_format_is_read_as_it_was_written(wanted: PixelFormat) -> None:
    assert len(wanted.pack()) == 16
    assert PixelFormat.parse(wanted.pack()) == wanted


def test_the_native_format_on_the_wire() -> None:
    assert NATIVE.pack() == bytes.fromhex("20 18 00 01 00ff 00ff 00ff 10 08 00 000000")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (pack(">BB??HHHBBB3x", 24, 24, 0, 1, 255, 255, 255, 16, 8, 0), "24 bits per pixel"),
        (pack(">BB??HHHBBB3x", 32, 24, 0, 1, 255, 254, 255, 16, 8, 0), "254 of green"),
        (pack(">BB??HHHBBB3x", 32, 24, 0, 1, 0, 255, 255, 16, 8, 0), "0 of red"),
        (pack(">BB??HHHBBB3x", 16, 16, 0, 1, 31, 63, 31, 12, 5, 0), "red of 5 bits shifted by 12"),
    ],
)
def test_a_format_that_no_pixel_can_have(raw: bytes, said: str) -> None:
    with pytest.raises(ProtocolError, match=said):
        PixelFormat.parse(raw).check()


def test_a_colour_map_says_what_its_indices_mean() -> None:
    entries = colour_map()
    assert len(entries) == len(set(entries)) == 256
    assert PixelFormat.parse(COLOUR_MAP.pack()) == COLOUR_MAP
    for colour in (0x000000, 0xFFFFFF, 0xFF0000, 0x00FF00, 0x0000FF, 0x123456, 0x808080):
        (index,) = translate(np.array([[colour]], np.uint32), COLOUR_MAP).tobytes()
        for said, shift, step in zip(entries[index], (16, 8, 0), (7, 7, 3), strict=True):
            assert abs(said / 65535 - (colour >> shift & 255) / 255) <= 0.5 / step + 0.002


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


@given(
    st.integers(0, 1 << 32),
    st.sampled_from([1, 2, 3, 16, 17, 255, 256, 257, 300]),
    st.integers(1, 300),
    st.integers(1, 70),
)
def test_the_colours_of_a_picture(seed: int, colours: int, width: int, height: int) -> None:
    pixels = picture(seed, width, height, colours)
    shown = sorted({int(pixel) & 0xFFFFFF for pixel in pixels.flat})
    for limit in (256, 16):
        found = indexed(pixels, limit)
        if len(shown) > limit:
            assert found is None
        else:
            assert found is not None
            assert found[0].tolist() == shown
            assert np.array_equal(found[0][found[1]], pixels & np.uint32(0xFFFFFF))


def test_a_colour_of_a_single_pixel_is_found() -> None:
    for place in range(0, 300 * 200, 997):
        pixels = np.zeros((200, 300), np.uint32)
        pixels.flat[place] = 0x000001
        found = indexed(pixels)
        assert found is not None
        assert found[0].tolist() == [0, 1]
        assert np.flatnonzero(found[1]).tolist() == [place]


def test_the_last_of_257_colours_is_seen_late() -> None:
    pixels = np.repeat(np.arange(256, dtype=np.uint32), 400).reshape(400, 256)
    assert indexed(pixels) is not None
    pixels[-1, -1] = 0xFFFFFF
    assert indexed(pixels) is None
