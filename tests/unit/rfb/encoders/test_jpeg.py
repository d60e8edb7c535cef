from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.jpeg import JpegEncoder, jpeg
from desktopd.rfb.encoders.pixels import rgb
from desktopd.rfb.encoders.tight import MAX_WIDTH
from desktopd.rfb.protocol.pixel_format import NATIVE
from tests.rfb_decoders import Form, Tight, decoded
from tests.unit.rfb.encoders.pictures import noise, smooth


@pytest.mark.parametrize("subsampling", ["444", "422", "420", "Gray"])
def test_jpeg_of_a_part_of_the_framebuffer(subsampling: str) -> None:
    whole = smooth(300, 200) | np.uint32(0xA5000000)
    part = whole[11:111, 17:190]
    tight = Tight()
    data = jpeg(part, 95, subsampling)
    found = rgb(decoded(tight.rectangle(173, 100, Form(NATIVE)), data)).astype(float)
    assert tight.used == "jpeg"
    wanted = rgb(part).astype(float)
    if subsampling == "Gray":
        found, wanted = found.mean(2), wanted @ (0.299, 0.587, 0.114)
    assert np.abs(found - wanted).mean() < 12


def test_jpeg_quality_is_libjpegs() -> None:
    sizes = [len(jpeg(smooth(200, 200), quality)) for quality in (20, 50, 80, 95, 100)]
    assert sizes == sorted(set(sizes))


def test_a_better_level_is_larger() -> None:
    encoder, area = JpegEncoder(), Rectangle(0, 0, 200, 200)
    sizes = [len(encoder.encode(area, smooth(200, 200), NATIVE, n).data) for n in range(10)]
    assert sizes == sorted(set(sizes))


def test_the_widest_rectangle() -> None:
    assert JpegEncoder.largest.width == MAX_WIDTH
    with pytest.raises(ValueError, match="2049 x 1, width 1 to 2048"):
        jpeg(np.zeros((1, MAX_WIDTH + 1), np.uint32), 90)


@pytest.mark.parametrize(("budget", "level"), [(1e9, 6), (21_000.0, 2), (12_000.0, 0), (1.0, 0)])
def test_photographs_are_as_coarse_as_their_link_demands(budget: float, level: int) -> None:
    assert JpegEncoder().level(6, budget, 30 * 30 * 16 * 16) == level


def test_what_a_picture_has_cost_tells_the_level_of_the_next() -> None:
    encoder, area = JpegEncoder(), Rectangle(0, 0, 256, 256)
    budget = 0.3 * area.area
    assert encoder.level(6, budget, area.area) == 6
    for _ in range(10):
        encoder.encode(area, noise(256, 256), NATIVE, 6)
    assert encoder.level(6, budget, area.area) < 6
