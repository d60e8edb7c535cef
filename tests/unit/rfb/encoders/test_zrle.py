"""ZRLE and Raw, read by a decoder written for these tests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.rfb.encoders.pixels import Pixels, translate
from desktopd.rfb.encoders.zrle import ZrleEncoder, raw
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from tests.rfb_decoders import Form, Values, Zrle, decoded
from tests.unit.rfb.protocol.test_pixel_format import COLOUR_MAP, FORMATS, picture


class Reader:
    """A viewer, and how the tiles came that it has had."""

    def __init__(self, target: PixelFormat) -> None:
        self.form = Form(target)
        self.zrle = Zrle()

    def read(self, payload: bytes, width: int, height: int) -> Values:
        return decoded(self.zrle.rectangle(width, height, self.form), payload)

    @property
    def kinds(self) -> set[int]:
        return self.zrle.kinds


def same(found: Values, pixels: Pixels, target: PixelFormat) -> bool:
    return np.array_equal(found, translate(pixels, target))


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
    assert same(found, pixels, target)


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
        assert same(reader.read(payload, 100, 70), pixels, NATIVE)
    assert sizes[2] < sizes[0] / 5, "the stream remembers what it has sent"


@pytest.mark.parametrize("target", [*FORMATS, COLOUR_MAP])
def test_raw_is_the_pixels(target: PixelFormat) -> None:
    pixels = picture(4, 7, 5, 35)
    said = raw(pixels, target)
    assert len(said) == 35 * target.bits_per_pixel // 8
    assert said == np.ascontiguousarray(translate(pixels, target)).tobytes()
