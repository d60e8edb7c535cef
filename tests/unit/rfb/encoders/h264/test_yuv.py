from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.encoder import VideoError
from desktopd.rfb.encoders.h264.yuv import I420, to_i420
from tests.unit.rfb.encoders.pictures import luma, moving


@pytest.mark.parametrize("colour", [0x000000, 0xFFFFFF, 0xFF0000, 0x00FF00, 0x0000FF, 0x808080])
def test_colours_are_those_of_bt601_in_full_range(colour: int) -> None:
    planes = I420(32, 16)
    to_i420(np.full((16, 32), colour, np.uint32), planes, Rectangle(0, 0, 32, 16))
    red, green, blue = colour >> 16, colour >> 8 & 255, colour & 255
    wanted = (
        0.299 * red + 0.587 * green + 0.114 * blue,
        128 - 0.168736 * red - 0.331264 * green + 0.5 * blue,
        128 + 0.5 * red - 0.418688 * green - 0.081312 * blue,
    )
    for plane, value, scale in zip(planes.planes, wanted, (1, 2, 2), strict=True):
        shown = plane[: 16 // scale, : 32 // scale]
        assert np.abs(shown - min(255.0, value)).max() <= 1


@pytest.mark.parametrize("colour", [0x000000, 0xFFFFFF, 0xFF0000, 0x0000FF])
def test_the_limited_range_is_a_part_of_the_full_one(colour: int) -> None:
    full, limited = I420(32, 16), I420(32, 16)
    pixels = np.full((16, 32), colour, np.uint32)
    to_i420(pixels, full, Rectangle(0, 0, 32, 16))
    to_i420(pixels, limited, Rectangle(0, 0, 32, 16), limited=True)
    values = [[plane[0, 0].astype(float) for plane in one.planes] for one in (full, limited)]
    (luma_of, blue, red), found = values
    assert found[0] == pytest.approx(16 + luma_of * 219 / 255, abs=1)
    assert found[1:] == pytest.approx([128 + (one - 128) * 224 / 255 for one in (blue, red)], abs=1)


def test_only_the_area_is_converted_and_that_in_its_place() -> None:
    planes, pixels = I420(66, 34), moving(66, 34)
    to_i420(pixels, planes, Rectangle(16, 2, 32, 20))
    brightness = planes.planes[0][:34, :66].astype(float)
    place = np.s_[2:22, 16:48]
    assert np.abs(brightness[place] - luma(pixels)[place]).max() <= 1
    brightness[place] = 0
    assert not brightness.any()


@pytest.mark.parametrize("shape", [(64, 66), (66, 64), (32, 64)])
def test_pixels_of_another_size_are_refused(shape: tuple[int, int]) -> None:
    with pytest.raises(VideoError, match="do not fit 64x64"):
        to_i420(np.zeros(shape, np.uint32), I420(64, 64), Rectangle(0, 0, 16, 16))


def test_rows_that_are_not_contiguous_are_refused() -> None:
    with pytest.raises(VideoError, match="do not fit 64x64"):
        to_i420(np.zeros((64, 128), np.uint32)[:, ::2], I420(64, 64), Rectangle(0, 0, 16, 16))
