import struct
import tracemalloc
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from desktopd.geometry import Size
from desktopd.x11.selections import images
from desktopd.x11.selections.images import FORMATS, PNG, NoImage, PngImage, from_png, to_png

TYPES = [PNG, *FORMATS]
LOSSLESS = [PNG, "image/tiff", "image/bmp"]


def picture(mode: str = "RGB", size: tuple[int, int] = (23, 17)) -> Image.Image:
    """A picture with a different colour in each pixel, smooth enough for JPEG."""
    red, green = Image.linear_gradient("L"), Image.linear_gradient("L").rotate(90)
    blue = Image.radial_gradient("L")
    return Image.merge("RGB", (red, green, blue)).resize(size).convert(mode)


def written(picture: Image.Image, name: str = "PNG", **options: Any) -> bytes:
    file = BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def read(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def pixels(data: bytes) -> bytes:
    return read(data).convert("RGBA").tobytes()


def in_one_tile(size: tuple[int, int], tile: tuple[int, int], grey: bytes) -> bytes:
    """A TIFF of 8 bits of grey whose one tile, compressed by deflate, has this size."""
    packed = zlib.compress(grey)
    fields = [(256, size[0]), (257, size[1]), (258, 8), (259, 8), (262, 1), (277, 1)]
    fields += [(322, tile[0]), (323, tile[1]), (324, 10 + 12 * 10 + 4), (325, len(packed))]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields)
    return b"II*\0" + struct.pack("<IH", 8, len(fields)) + entries + bytes(4) + packed


@pytest.mark.parametrize("media_type", LOSSLESS)
@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA"])
def test_there_and_back_without_loss(media_type: str, mode: str) -> None:
    image = PngImage.of(written(picture(mode)))
    assert image.size == Size(23, 17)
    there = from_png(image, media_type)
    assert read(there).format == FORMATS.get(media_type, "PNG")
    back = to_png(there, media_type)
    assert back.size == image.size
    assert pixels(back.data) == pixels(image.data)


def test_jpeg_there_and_back() -> None:
    image = PngImage.of(written(picture(size=(64, 64))))
    back = to_png(from_png(image, "image/jpeg"), "image/jpeg")
    difference = max(
        abs(ours - theirs)
        for ours, theirs in zip(pixels(back.data), pixels(image.data), strict=True)
    )
    assert 0 < difference < 60


def test_jpeg_has_white_where_nothing_was() -> None:
    clear = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    jpeg = from_png(PngImage.of(written(clear)), "image/jpeg")
    assert read(jpeg).tobytes() == b"\xff" * (3 * 64)


def test_a_png_is_taken_as_it_is() -> None:
    data = written(picture(), compress_level=0)
    assert to_png(data, PNG).data is data
    assert from_png(PngImage.of(data), PNG) is data


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "I;16", "F", "LAB"])
def test_each_kind_of_tiff_becomes_a_png(mode: str) -> None:
    plain = picture("L" if mode in ("I;16", "F") else "RGB")
    data = written(
        plain.convert("F").convert(mode) if mode == "I;16" else plain.convert(mode), "TIFF"
    )
    assert to_png(data, "image/tiff").size == Size(23, 17)


def test_16_bits_of_grey_stay() -> None:
    deep = Image.frombytes("I;16", (2, 1), bytes([1, 2, 254, 255]))
    png = to_png(written(deep, "TIFF"), "image/tiff")
    assert [read(png.data).getpixel((x, 0)) for x in (0, 1)] == [0x0201, 0xFFFE]


@pytest.mark.parametrize("mode", ["I;16B", "I"])
def test_whole_numbers_of_grey_stay_in_any_order_of_bytes(mode: str) -> None:
    grey = Image.new("I", (2, 1))
    grey.putdata([700, 60_000])
    png = to_png(written(grey.convert(mode), "TIFF"), "image/tiff")
    assert [read(png.data).getpixel((x, 0)) for x in (0, 1)] == [700, 60_000]


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.0, 4000.0), (5.0, 5.0)])
def test_other_numbers_of_grey_go_from_black_to_white(low: float, high: float) -> None:
    grey = Image.new("F", (3, 1))
    grey.putdata([low, (low + high) / 2, high])
    png = to_png(written(grey, "TIFF"), "image/tiff")
    first, middle, last = (read(png.data).getpixel((x, 0)) for x in range(3))
    assert (first, middle, last) == ((0, 32_767, 65_535) if high > low else (0, 0, 0))


@pytest.mark.parametrize("media_type", FORMATS)
def test_16_bits_of_grey_are_8_where_those_have_to_do(media_type: str) -> None:
    deep = Image.new("I;16", (8, 8), 0x8000)
    shown = read(from_png(PngImage.of(written(deep)), media_type)).convert("L")
    assert shown.getpixel((0, 0)) == 0x80


def test_a_photograph_is_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    turned = written(picture(), "JPEG", exif=exif)
    assert to_png(turned, "image/jpeg").size == Size(17, 23)


@given(st.binary(max_size=200), st.sampled_from(TYPES))
def test_other_bytes_are_no_image(data: bytes, media_type: str) -> None:
    with pytest.raises(NoImage):
        to_png(data, media_type)


@pytest.mark.parametrize("media_type", TYPES)
def test_half_of_an_image_is_none(media_type: str) -> None:
    data = from_png(PngImage.of(written(picture())), media_type)
    with pytest.raises(NoImage):
        to_png(data[: len(data) // 2], media_type)


def test_the_type_must_be_right() -> None:
    with pytest.raises(NoImage, match="not a JPEG image"):
        to_png(written(picture()), "image/jpeg")


def test_a_png_that_begins_well_and_is_none() -> None:
    data = written(picture())
    broken = PngImage.of(data[:60] + b"?" * 20 + data[80:])
    with pytest.raises(NoImage, match="cannot be written as BMP"):
        from_png(broken, "image/bmp")


@pytest.mark.parametrize("side", [8193, 30_000])
def test_a_picture_that_would_fill_the_memory_is_not_decoded(side: int) -> None:
    header = written(Image.new("L", (1, 1)))
    ihdr = b"IHDR" + side.to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    bomb = header[:12] + ihdr + zlib.crc32(ihdr).to_bytes(4, "big") + header[33:]
    image = PngImage.of(bomb)
    assert image.size == Size(side, side)
    with pytest.raises(NoImage):
        from_png(image, "image/bmp")
    assert side * side > images.LARGEST_PIXELS


def test_a_tile_that_would_fill_the_memory_is_not_decoded() -> None:
    data = in_one_tile((16, 16), (32768, 65504), bytes([7]) * (1 << 20))
    with pytest.raises(NoImage, match="32768x65504"):
        to_png(data, "image/tiff")
    data = in_one_tile((16, 16), (32, 64), bytes([7]) * 2048)
    assert pixels(to_png(data, "image/tiff").data) == bytes([7, 7, 7, 255]) * 256


def test_many_numbers_that_are_none_take_no_more_memory_than_the_picture() -> None:
    side = 768
    numbers = np.linspace(0, 1, side * side, dtype=np.float32).reshape(side, side)
    numbers[::2, ::7] = np.nan
    data = written(Image.fromarray(numbers), "TIFF")
    tracemalloc.start()
    png = to_png(data, "image/tiff")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read(png.data).size == (side, side)
    # What Pillow takes for pixels is not traced; of Python's there are three copies of the bytes.
    assert most < 6 * numbers.nbytes


def test_what_is_no_finite_number_leaves_the_others_seen() -> None:
    values = np.linspace(0, 10, 64, dtype=np.float32).reshape(8, 8)
    values[0, 1:4] = np.nan, np.inf, -np.inf
    with Image.open(
        BytesIO(to_png(written(Image.fromarray(values), "TIFF"), "image/tiff").data)
    ) as png:
        seen = np.asarray(png)
    assert seen[0, :4].tolist() == [0, 0, 65535, 0]
    assert len(np.unique(seen)) > 55


def test_an_image_without_any_finite_number_is_none() -> None:
    nothing = Image.fromarray(np.full((8, 8), np.nan, np.float32))
    with pytest.raises(NoImage, match="finite"):
        to_png(written(nothing, "TIFF"), "image/tiff")
