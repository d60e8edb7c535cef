from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.h264.macroblocks import MACROBLOCK, bounds, covered, mask_shape

sizes = st.builds(Size, st.integers(1, 300), st.integers(1, 300))


@pytest.mark.parametrize(
    ("size", "shape"), [(Size(16, 16), (1, 1)), (Size(17, 16), (1, 2)), (Size(64, 33), (3, 4))]
)
def test_macroblocks_cover_a_frame(size: Size, shape: tuple[int, int]) -> None:
    assert mask_shape(size) == shape


def test_what_reaches_beyond_the_frame_is_cut_off() -> None:
    assert covered(slice(1, 3), slice(0, 2), Size(20, 40)) == Rectangle(0, 16, 20, 24)


@given(sizes, st.integers(0, 1 << 32), st.sampled_from([0.0, 0.02, 0.5]))
def test_bounds_are_the_smallest(size: Size, seed: int, density: float) -> None:
    mask = np.random.default_rng(seed).random(mask_shape(size)) < density
    area = bounds(mask, size)
    if area is None:
        assert not mask.any()
        return
    pixels = mask.repeat(MACROBLOCK, 0).repeat(MACROBLOCK, 1)[: size.height, : size.width]
    shown = np.argwhere(pixels)
    assert [area.y, area.x] == shown.min(0).tolist()
    assert [area.bottom - 1, area.right - 1] == shown.max(0).tolist()
