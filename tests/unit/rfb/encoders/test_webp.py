from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.pixels import Pixels
from desktopd.rfb.encoders.tight import TightEncoder
from desktopd.rfb.encoders.webp import WebpEncoder
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from tests.unit.rfb.encoders.pictures import FORMATS, noise, picture

AREA = Rectangle(16, 32, 256, 64)


def encoding(data: bytes) -> Encoding:
    return Encoding(int.from_bytes(data[8:12], "big", signed=True))


def cells() -> Pixels:
    """A grey picture of a microscope: it is smooth, with a little noise."""
    y, x = np.mgrid[:64, :256]
    bright = (
        120 + 90 * np.sin(x / 23) * np.cos(y / 17) + np.random.default_rng(1).normal(0, 4, x.shape)
    )
    return np.asarray(bright.astype(np.uint32) * 0x010101, np.uint32)


def test_cells_have_fewer_bytes_than_in_tight() -> None:
    made, tight = (e.encode(AREA, cells(), NATIVE, 2) for e in (WebpEncoder(), TightEncoder()))
    assert encoding(made.data) is Encoding.WEBP
    assert len(made.data) < 0.8 * len(tight.data)


@pytest.mark.parametrize("colours", [1, 3, 90, 700])
def test_nothing_is_larger_than_in_tight(colours: int) -> None:
    pixels = picture(1, AREA.width, AREA.height, colours)
    made, tight = (e.encode(AREA, pixels, NATIVE, 2) for e in (WebpEncoder(), TightEncoder()))
    assert len(made.data) <= len(tight.data)


def test_what_is_small_in_tight_stays_in_tight() -> None:
    plain = np.full((64, 256), 0x336699, np.uint32)
    assert encoding(WebpEncoder().encode(AREA, plain, NATIVE, 2).data) is Encoding.TIGHT


@pytest.mark.parametrize("pixel_format", [f for f in FORMATS if not f.tpixel_is_rgb])
def test_pixels_that_webp_does_not_have_stay_in_tight(pixel_format: PixelFormat) -> None:
    made = WebpEncoder().encode(AREA, noise(256, 64), pixel_format, 2)
    assert encoding(made.data) is Encoding.TIGHT
