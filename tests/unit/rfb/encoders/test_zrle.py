"""ZRLE, read by a decoder written for these tests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.pixels import Pixels, translate
from desktopd.rfb.encoders.zrle import ZrleEncoder
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from tests.rfb_decoders import Form, Values, Zrle, decoded
from tests.unit.rfb.encoders.pictures import COLOUR_MAP, FORMATS, picture


class Reader:
    """A viewer, and how the tiles came that it has had."""

    def __init__(self, pixel_format: PixelFormat = NATIVE) -> None:
        self.form = Form(pixel_format)
        self.zrle = Zrle()

    def read(self, payload: bytes, width: int, height: int) -> Values:
        return decoded(self.zrle.rectangle(width, height, self.form), payload)

    @property
    def kinds(self) -> set[int]:
        return self.zrle.kinds


def payload(encoder: ZrleEncoder, pixels: Pixels, pixel_format: PixelFormat = NATIVE) -> bytes:
    height, width = pixels.shape
    return encoder.encode(Rectangle(0, 0, width, height), pixels, pixel_format, 2).data[12:]


@given(
    st.integers(0, 1 << 32),
    st.sampled_from([1, 2, 3, 4, 5, 16, 17, 255, 256, 257]),
    st.integers(1, 140),
    st.integers(1, 80),
    st.sampled_from([*FORMATS, COLOUR_MAP]),
)
def test_what_is_decoded_is_what_was_encoded(
    seed: int, colours: int, width: int, height: int, pixel_format: PixelFormat
) -> None:
    pixels = picture(seed, width, height, colours)
    said = payload(ZrleEncoder(), pixels, pixel_format)
    found = Reader(pixel_format).read(said, width, height)
    assert np.array_equal(found, translate(pixels, pixel_format))


@pytest.mark.parametrize("colours", [1, 2, 3, 4, 5, 16, 17])
def test_few_colours_are_sent_as_a_palette(colours: int) -> None:
    reader = Reader()
    reader.read(payload(ZrleEncoder(), picture(1, 64, 64, colours)), 64, 64)
    assert reader.kinds == {colours if colours <= 16 else 0}


def test_all_rectangles_of_a_viewer_go_through_one_stream() -> None:
    encoder, reader = ZrleEncoder(9), Reader()
    sizes = []
    pixels = picture(2, 100, 70, 5000)
    for _ in range(3):
        said = payload(encoder, pixels)
        sizes.append(len(said))
        assert np.array_equal(reader.read(said, 100, 70), translate(pixels, NATIVE))
    assert sizes[2] < sizes[0] / 5, "the stream remembers what it has sent"
