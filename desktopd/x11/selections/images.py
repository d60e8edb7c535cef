"""Images on the clipboard: PNG inside, and JPEG, TIFF and BMP where another program wants them.

WebP and GIF, of which the first picture counts, become PNG too. `image_thread` does it in turn.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps
from PIL.TiffImagePlugin import TILELENGTH, TILEWIDTH, TiffImageFile

from desktopd.geometry import Size
from desktopd.x11.selections.grey import DEEP, grey

PNG = "image/png"
# Media types that are written, and Pillow's names of them; those without loss come first.
FORMATS = {
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
    "image/jpeg": "JPEG",
}
# Media types that are read.
READABLE = {**FORMATS, "image/webp": "WEBP", "image/gif": "GIF"}
# The most pixels that are decoded, 256 MiB as RGBA.
LARGEST_PIXELS = 1 << 26

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_END = b"IEND\xaeB`\x82"
_MODES = ("1", "L", "LA", "I;16", "P", "RGB", "RGBA")


class NoImage(ValueError):
    """The data are no image of the kind that they are said to be, or one that is too large."""


@dataclass(frozen=True, slots=True)
class PngImage:
    """An image as PNG, and its size in pixels."""

    data: bytes
    size: Size

    @classmethod
    def of(cls, data: bytes) -> PngImage:
        """Take `data` as they are; NoImage when they do not begin and end as PNG does.

        PNG, third edition, sections 5.2, 11.2.1 (IHDR) and 11.2.4 (IEND).
        """
        if not data.startswith(_SIGNATURE) or data[12:16] != b"IHDR" or not data.endswith(_END):
            raise NoImage("the data are not a whole PNG image")
        return cls(data, Size(*struct.unpack_from(">II", data, 16)))


def to_png(data: bytes, media_type: str) -> PngImage:
    """The first image of `data`, upright where EXIF tells how it was held; takes seconds.

    Raises NoImage, and KeyError for a type that is neither PNG nor in READABLE.
    """
    if media_type == PNG:
        return PngImage.of(data)
    name = READABLE[media_type]
    try:
        with Image.open(BytesIO(data), formats=[name]) as picture:
            _check_size(picture)
            upright = ImageOps.exif_transpose(picture)
            return PngImage.of(_written(_in_a_mode_of_png(upright), "PNG"))
    except NoImage:
        raise
    except Exception as error:  # whatever Pillow's decoders raise for broken data
        raise NoImage(f"the data are not a {name} image: {error}") from error


def from_png(image: PngImage, media_type: str) -> bytes:
    """`image` as `media_type`; JPEG has no transparency: white shows through. Takes seconds.

    Raises NoImage, and KeyError for a type that is neither PNG nor in FORMATS.
    """
    if media_type == PNG:
        return image.data
    name = FORMATS[media_type]
    try:
        with Image.open(BytesIO(image.data), formats=["PNG"]) as picture:
            _check_size(picture)
            return _written(_on_white(picture) if name == "JPEG" else _plain(picture), name)
    except NoImage:
        raise
    except Exception as error:
        raise NoImage(f"the image cannot be written as {name}: {error}") from error


def _check_size(picture: Image.Image) -> None:
    for width, height in (picture.size, _tile_size(picture)):
        if width * height > LARGEST_PIXELS:
            raise NoImage(
                f"the image has {width}x{height} pixels: at most {LARGEST_PIXELS} can be converted"
            )


def _tile_size(picture: Image.Image) -> tuple[int, int]:
    """What is unpacked at once of a TIFF in tiles, which may be larger than the picture."""
    if not isinstance(picture, TiffImageFile):
        return 0, 0
    return int(picture.tag_v2.get(TILEWIDTH, 0)), int(picture.tag_v2.get(TILELENGTH, 0))


def _in_a_mode_of_png(picture: Image.Image) -> Image.Image:
    if picture.mode in _MODES:
        return picture
    if picture.mode in DEEP:
        return grey(picture)
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _shallow(picture: Image.Image) -> Image.Image:
    """16 bits of grey as 8: what Pillow makes of them by itself is white above 255."""
    if picture.mode not in DEEP:
        return picture
    return picture.convert("I").point(lambda value: value * (1 / 256) + 0).convert("L")


def _plain(picture: Image.Image) -> Image.Image:
    shallow = _shallow(picture)
    return shallow.convert("RGBA" if shallow.has_transparency_data else "RGB")


def _on_white(picture: Image.Image) -> Image.Image:
    coloured = _shallow(picture).convert("RGBA")
    ground = Image.new("RGBA", coloured.size, "white")
    return Image.alpha_composite(ground, coloured).convert("RGB")


def _written(picture: Image.Image, name: str) -> bytes:
    file = BytesIO()
    picture.save(file, name)
    return file.getvalue()
