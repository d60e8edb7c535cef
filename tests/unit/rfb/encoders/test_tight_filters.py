from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.rfb.encoders.pixels import rgb
from desktopd.rfb.encoders.tight_filters import Stream, filtered, gradient, igzip
from desktopd.rfb.protocol.pixel_format import NATIVE
from tests.rfb_decoders import predicted
from tests.unit.rfb.encoders.pictures import form, noise, smooth

READ_FILTER = 0x40


@given(st.integers(0, 1 << 32), st.integers(1, 40), st.integers(1, 30))
def test_a_viewer_undoes_the_gradient_filter(seed: int, width: int, height: int) -> None:
    components = rgb(noise(width, height, seed))
    assert np.array_equal(predicted(gradient(components)), components)


def test_a_slope_is_predicted() -> None:
    y, x = np.mgrid[0:32, 0:48]
    slope = (3 * x + 2 * y).astype(np.uint32) * np.uint32(0x010101)
    assert not gradient(rgb(slope))[1:, 1:].any()


def test_only_pixels_of_three_bytes_go_behind_the_gradient_filter() -> None:
    deep = form(32, 32, False, (255, 255, 255), (16, 8, 0))
    assert filtered(smooth(160, 90), NATIVE).head[0] == READ_FILTER | Stream.GRADIENT.control
    assert filtered(smooth(160, 90), deep).head == bytes((Stream.FULL_COLOUR.control,))


@pytest.mark.parametrize(
    ("stream", "control"),
    [(Stream.FULL_COLOUR, 0x01), (Stream.MONO, 0x12), (Stream.GRADIENT, 0x38)],
)
def test_a_rectangle_names_its_stream_and_resets_it(stream: Stream, control: int) -> None:
    assert stream.control == control


def test_igzip_makes_a_whole_zlib_stream() -> None:
    octets = rgb(smooth(64, 64))[:, ::2]
    assert zlib.decompress(igzip(octets)) == octets.tobytes()
