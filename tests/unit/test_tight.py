"""Rectangles of the Tight encoding, read by a decoder written for these tests."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from desktopd.rfb.pixelformat import NATIVE, PixelFormat, Pixels, tpixels
from desktopd.rfb.tight import (
    MAX_LENGTH,
    MAX_WIDTH,
    compact_length,
    tight_fill,
    tight_jpeg,
    tight_lossless,
)
from tests.unit.test_pixelformat import FORMATS, picture

FILL, JPEG = 8, 9


class Reader:
    """A viewer's side of the Tight encoding (rfbproto): four zlib streams that live on."""

    def __init__(self, tpixel: int) -> None:
        self.tpixel = tpixel
        self.streams = [zlib.decompressobj() for _ in range(4)]
        self.used: str = ""

    def read(self, payload: bytes, width: int, height: int) -> bytes:
        """The TPIXELs of the rectangle."""
        self.rest = payload
        control = self.take(1)[0]
        for number in range(4):
            if control >> number & 1:
                self.streams[number] = zlib.decompressobj()
        pixels = self.filtered(control, width, height)
        assert self.rest == b"", "bytes after the end of the rectangle"
        assert len(pixels) == width * height * self.tpixel
        return pixels

    def filtered(self, control: int, width: int, height: int) -> bytes:
        if control >> 4 == FILL:
            self.used = "fill"
            return self.take(self.tpixel) * (width * height)
        assert control >> 7 == 0
        name = self.take(1)[0] if control >> 6 & 1 else 0
        if name == 1:
            count = self.take(1)[0] + 1
            palette = [self.take(self.tpixel) for _ in range(count)]
            row = -(-width // 8) if count == 2 else width
            data = self.inflated(control, row * height)
            self.used = "mono" if count == 2 else "palette"
            return b"".join(
                palette[
                    data[y * row + x // 8] >> 7 - x % 8 & 1 if count == 2 else data[y * row + x]
                ]
                for y in range(height)
                for x in range(width)
            )
        data = self.inflated(control, width * height * self.tpixel)
        self.used = {0: "copy", 2: "gradient"}[name]
        return data if name == 0 else self.predicted(data, width, height)

    def predicted(self, data: bytes, width: int, height: int) -> bytes:
        assert self.tpixel == 3
        found = bytearray(len(data))

        def value(x: int, y: int, part: int) -> int:
            return 0 if x < 0 or y < 0 else found[(y * width + x) * 3 + part]

        for y in range(height):
            for x in range(width):
                for part in range(3):
                    guess = value(x - 1, y, part) + value(x, y - 1, part)
                    guess = max(0, min(255, guess - value(x - 1, y - 1, part)))
                    at = (y * width + x) * 3 + part
                    found[at] = data[at] + guess & 255
        return bytes(found)

    def inflated(self, control: int, size: int) -> bytes:
        if size < 12:
            return self.take(size)
        data = self.take(self.length())
        stream = self.streams[control >> 4 & 3]
        found = stream.decompress(data)
        assert len(found) == size
        return found

    def length(self) -> int:
        found = 0
        for shift in (0, 7, 14):
            octet = self.take(1)[0]
            if shift == 14:
                return found | octet << 14
            found |= (octet & 0x7F) << shift
            if not octet & 0x80:
                break
        return found

    def take(self, count: int) -> bytes:
        assert len(self.rest) >= count, "the rectangle is cut short"
        found, self.rest = self.rest[:count], self.rest[count:]
        return found


def smooth(width: int, height: int) -> Pixels:
    """Colours that change slowly, as a shaded volume has."""
    y, x = np.mgrid[0:height, 0:width].astype(np.uint32)
    found: Pixels = (x * 2 + y & 255) << 16 | (x + y * 3 & 255) << 8 | x * y // 97 & 255
    return found


def shown(pixels: Pixels, target: PixelFormat = NATIVE) -> bytes:
    return tpixels(pixels, target).tobytes()


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
    size = 3 if target.tpixel_is_rgb else target.bits_per_pixel // 8
    found = Reader(size).read(tight_lossless(pixels, level, target), width, height)
    assert found == shown(pixels, target)


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
    reader = Reader(3)
    height, width = pixels.shape
    assert reader.read(tight_lossless(pixels, 1), width, height) == shown(pixels)
    assert reader.used == used


def test_any_viewer_can_be_given_any_rectangle_at_any_time() -> None:
    pictures = [picture(n, 30 + n, 20, colours) for n, colours in enumerate((2, 3, 900, 2, 3, 900))]
    pictures.append(smooth(64, 64))
    encoded = [tight_lossless(pixels) for pixels in pictures]
    for order in np.random.default_rng(5).integers(0, len(pictures), (8, 20)):
        reader = Reader(3)
        for number in order:
            height, width = pictures[number].shape
            assert reader.read(encoded[number], width, height) == shown(pictures[number])


def test_one_colour() -> None:
    assert tight_fill(0x123456) == b"\x80\x12\x34\x56"
    assert tight_lossless(np.full((9, 9), 0xFF123456, np.uint32)) == tight_fill(0x123456)


@pytest.mark.parametrize(
    ("length", "said"),
    [(0, "00"), (127, "7f"), (128, "8001"), (10000, "904e"), (MAX_LENGTH, "ffffff")],
)
def test_a_length_on_the_wire(length: int, said: str) -> None:
    assert compact_length(length).hex() == said


@given(st.integers(0, MAX_LENGTH))
def test_a_length_in_its_compact_form(length: int) -> None:
    reader = Reader(3)
    reader.rest = compact_length(length)
    assert len(reader.rest) == (1 if length < 128 else 2 if length < 16384 else 3)
    assert reader.length() == length
    assert reader.rest == b""


def test_the_widest_rectangle() -> None:
    pixels = picture(3, MAX_WIDTH, 2, 3000)
    assert Reader(3).read(tight_lossless(pixels), MAX_WIDTH, 2) == shown(pixels)
    with pytest.raises(ValueError, match="2049 x 1, width 1 to 2048"):
        tight_lossless(np.zeros((1, MAX_WIDTH + 1), np.uint32))
    with pytest.raises(ValueError, match="2049 x 1, width 1 to 2048"):
        tight_jpeg(np.zeros((1, MAX_WIDTH + 1), np.uint32), 90)


def test_noise_of_a_million_pixels_fits_into_one_rectangle() -> None:
    noise = np.random.default_rng(1).integers(0, 1 << 24, (512, 2048), np.uint32)
    assert Reader(3).read(tight_lossless(noise), 2048, 512) == shown(noise)


def test_a_level_that_zlib_has_not_is_refused() -> None:
    for level in (0, 10):
        with pytest.raises(ValueError, match=f"compression level {level}, must be 1 to 9"):
            tight_lossless(np.zeros((1, 1), np.uint32), level)


def test_many_grays_that_change_slowly_go_by_the_gradient() -> None:
    y, x = np.mgrid[0:128, 0:128]
    shade = 127 + 90 * np.sin(x / 17) * np.cos(y / 23) + np.random.default_rng(1).random(x.shape)
    pixels = shade.astype(np.uint32) * np.uint32(0x010101)
    reader = Reader(3)
    assert reader.read(tight_lossless(pixels), 128, 128) == shown(pixels)
    assert reader.used == "gradient"


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="split it"):
        compact_length(MAX_LENGTH + 1)


@pytest.mark.parametrize("subsampling", ["444", "422", "420", "Gray"])
def test_jpeg_of_a_part_of_the_framebuffer(subsampling: str) -> None:
    whole = smooth(300, 200) | np.uint32(0xA5000000)
    part = whole[11:111, 17:190]
    reader = Reader(3)
    reader.rest = tight_jpeg(part, 95, subsampling)
    assert reader.take(1)[0] == JPEG << 4
    assert reader.length() == len(reader.rest)
    decoded = np.asarray(Image.open(io.BytesIO(reader.rest)).convert("RGB")).astype(int)
    assert decoded.shape == (100, 173, 3)
    wanted = np.frombuffer(shown(part), np.uint8).reshape(decoded.shape).astype(int)
    if subsampling == "Gray":
        decoded, wanted = decoded.mean(2), wanted @ (0.299, 0.587, 0.114)
    assert np.abs(decoded - wanted).mean() < 12


def test_jpeg_quality_is_libjpegs() -> None:
    sizes = [len(tight_jpeg(smooth(200, 200), quality)) for quality in (20, 50, 80, 95, 100)]
    assert sizes == sorted(set(sizes))
