"""The interface of encoders, kept by every line of the table."""

from __future__ import annotations

import inspect
import math
from pathlib import Path
from struct import unpack

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders import registry
from desktopd.rfb.encoders.encoder import (
    EncodedRectangle,
    Encoder,
    Encoders,
    VideoEncoder,
)
from desktopd.rfb.encoders.pixels import Pixels, translate
from desktopd.rfb.encoders.registry import DENSE, ENCODERS, FALLBACK, LOSSLESS, LOSSY, VIDEO
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from tests.rfb_decoders import Form, Values, decoded, decoders
from tests.unit.rfb.encoders.pictures import COLOUR_MAP, FORMATS, moving, noise, picture, psnr

SIZE = Size(98, 66)
LEVEL = 9


class Reader:
    """A viewer: what it makes of the rectangles that it gets, one after the other."""

    def __init__(self, pixel_format: PixelFormat = NATIVE) -> None:
        self._form = Form(pixel_format)
        self._decoders = decoders()

    def read(self, rectangle: EncodedRectangle) -> Values:
        x, y, width, height, encoding = unpack(">4Hi", rectangle.data[:12])
        assert Rectangle(x, y, width, height) == rectangle.area
        decoder = self._decoders.get(Encoding(encoding))
        assert decoder is not None, "write one in tests/rfb_decoders.py"
        return decoded(decoder(width, height, self._form), rectangle.data[12:])


def opened(kind: type[Encoder]) -> Encoder:
    if issubclass(kind, VideoEncoder):
        return kind(SIZE)
    return kind()


def encoded(
    encoder: Encoder, pixels: Pixels, pixel_format: PixelFormat = NATIVE, level: int = LEVEL
) -> EncodedRectangle:
    height, width = pixels.shape
    return encoder.encode(Rectangle(32, 16, width, height), pixels, pixel_format, level)


def name(kind: type[Encoder]) -> str:
    return kind.codec


STILL = (*LOSSLESS, *DENSE, *LOSSY)
every = pytest.mark.parametrize("kind", ENCODERS, ids=name)


@every
@pytest.mark.parametrize("pixel_format", [*FORMATS, COLOUR_MAP])
def test_what_a_viewer_decodes_is_what_the_rectangle_says(
    kind: type[Encoder], pixel_format: PixelFormat
) -> None:
    encoder, reader = opened(kind), Reader(pixel_format)
    if not kind.accepts(pixel_format):
        assert kind.lossy, "every viewer can have its pixels without loss"
        return
    for step in range(3):
        pixels = moving(SIZE.width, SIZE.height, step)
        rectangle = encoded(encoder, pixels, pixel_format)
        assert rectangle.lossy == kind.lossy
        found, exact = reader.read(rectangle), translate(pixels, pixel_format)
        assert found.shape == exact.shape
        assert kind.lossy or np.array_equal(found, exact)
        if kind.lossy and pixel_format == NATIVE:
            assert psnr(found, pixels) > 38


@every
@pytest.mark.parametrize("level", range(10))
def test_each_level_can_be_decoded(kind: type[Encoder], level: int) -> None:
    encoder, reader = opened(kind), Reader()
    pixels = noise(SIZE.width, SIZE.height)
    found = reader.read(encoded(encoder, pixels, level=level))
    assert kind.lossy != np.array_equal(found, pixels)


@every
def test_the_level_is_the_one_that_is_wanted_where_everything_fits(kind: type[Encoder]) -> None:
    assert opened(kind).level(LEVEL, math.inf, 1 << 20) == LEVEL


@pytest.mark.parametrize("kind", STILL, ids=name)
def test_only_what_is_lossy_becomes_coarser_where_little_fits(kind: type[Encoder]) -> None:
    assert opened(kind).level(LEVEL, 1.0, 1 << 20) == (0 if kind.lossy else LEVEL)


@pytest.mark.parametrize("kind", [k for k in STILL if k.shared], ids=name)
def test_a_shared_rectangle_can_go_to_any_viewer_at_any_time(kind: type[Encoder]) -> None:
    encoder = opened(kind)
    rectangles = [encoded(encoder, picture(n, 64, 40, 2 + 300 * n)) for n in range(4)]
    alone = [Reader().read(rectangle) for rectangle in rectangles]
    reader = Reader()
    for n in (2, 0, 3, 1, 1, 2):
        assert np.array_equal(reader.read(rectangles[n]), alone[n])


@pytest.mark.parametrize("kind", [k for k in STILL if not k.shared], ids=name)
def test_what_is_not_shared_cannot_be_read_by_a_viewer_that_comes_later(
    kind: type[Encoder],
) -> None:
    encoder = opened(kind)
    first, second = (encoded(encoder, picture(n, 64, 40, 300)) for n in range(2))
    reader = Reader()
    assert reader.read(first).shape == reader.read(second).shape
    with pytest.raises(Exception, match=r"."):
        Reader().read(second)


@pytest.mark.parametrize("kind", STILL, ids=name)
def test_the_largest_rectangle_can_be_encoded(kind: type[Encoder]) -> None:
    pixels = noise(kind.largest.width, kind.largest.height)
    assert Reader().read(encoded(opened(kind), pixels)).shape == pixels.shape


@every
def test_an_encoder_describes_itself(kind: type[Encoder]) -> None:
    assert isinstance(kind.encoding, Encoding)
    assert kind.codec == kind.codec.lower() != ""
    assert kind.__doc__
    assert not inspect.isabstract(kind)
    assert kind in (*VIDEO, *STILL)


def test_names_are_told_apart_and_everybody_can_be_served() -> None:
    assert len({kind.codec for kind in ENCODERS}) == len(ENCODERS)
    assert FALLBACK in LOSSLESS
    assert FALLBACK.encoding is Encoding.RAW


def test_every_encoder_of_the_folder_is_in_the_table() -> None:
    folder = Path(inspect.getfile(registry)).parent
    written = sum(
        text.count("(Encoder):") + text.count("(VideoEncoder):")
        for text in (path.read_text("utf-8") for path in folder.rglob("*.py"))
    )
    assert written - 1 == len(ENCODERS), "VideoEncoder is itself an Encoder"


def test_an_encoder_of_each_type_is_made_once() -> None:
    encoders = Encoders()
    assert encoders[FALLBACK] is encoders[FALLBACK]
    assert list(encoders) == [FALLBACK]
