from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.pixels import translate
from desktopd.rfb.encoders.raw import RawEncoder
from desktopd.rfb.protocol.pixel_format import PixelFormat
from tests.unit.rfb.encoders.pictures import COLOUR_MAP, FORMATS, picture


@pytest.mark.parametrize("pixel_format", [*FORMATS, COLOUR_MAP])
def test_raw_is_the_pixels(pixel_format: PixelFormat) -> None:
    pixels = picture(4, 7, 5, 35)
    rectangle = RawEncoder().encode(Rectangle(1, 2, 7, 5), pixels, pixel_format, 2)
    assert rectangle.data[:12] == bytes.fromhex("0001 0002 0007 0005 00000000")
    said = rectangle.data[12:]
    assert len(said) == 35 * pixel_format.bits_per_pixel // 8
    assert said == np.ascontiguousarray(translate(pixels, pixel_format)).tobytes()
