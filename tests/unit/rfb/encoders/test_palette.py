from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from desktopd.rfb.encoders.palette import indexed
from tests.unit.rfb.encoders.pictures import picture


@given(
    st.integers(0, 1 << 32),
    st.sampled_from([1, 2, 3, 16, 17, 255, 256, 257, 300]),
    st.integers(1, 300),
    st.integers(1, 70),
)
def test_the_colours_of_a_picture(seed: int, colours: int, width: int, height: int) -> None:
    pixels = picture(seed, width, height, colours)
    shown = sorted({int(pixel) & 0xFFFFFF for pixel in pixels.flat})
    for limit in (256, 16):
        found = indexed(pixels, limit)
        if len(shown) > limit:
            assert found is None
        else:
            assert found is not None
            assert found[0].tolist() == shown
            assert np.array_equal(found[0][found[1]], pixels & np.uint32(0xFFFFFF))


def test_a_colour_of_a_single_pixel_is_found() -> None:
    for place in range(0, 300 * 200, 997):
        pixels = np.zeros((200, 300), np.uint32)
        pixels.flat[place] = 0x000001
        found = indexed(pixels)
        assert found is not None
        assert found[0].tolist() == [0, 1]
        assert np.flatnonzero(found[1]).tolist() == [place]


def test_the_last_of_257_colours_is_seen_late() -> None:
    pixels = np.repeat(np.arange(256, dtype=np.uint32), 400).reshape(400, 256)
    assert indexed(pixels) is not None
    pixels[-1, -1] = 0xFFFFFF
    assert indexed(pixels) is None
