from __future__ import annotations

from struct import pack

import pytest

from desktopd.rfb.protocol.client_messages import SetDesktopSize
from desktopd.rfb.protocol.desktop_scale import flags_of, scale_of


@pytest.mark.parametrize("scale", [None, 0.8, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0])
def test_flags_say_a_scale_in_percent(scale: float | None) -> None:
    assert scale_of(flags_of(scale)) == scale


@pytest.mark.parametrize(("flags", "scale"), [(1, 0.5), (100, 1.0), (401, 4.0), (2**32 - 1, 4.0)])
def test_a_scale_is_brought_into_its_limits(flags: int, scale: float) -> None:
    assert scale_of(flags) == scale


def test_the_first_screen_says_it() -> None:
    screens = [pack(">IHHHHI", number, 0, 0, 800, 600, 125 * number) for number in (1, 2)]
    head = pack(">BxHHBx", 251, 800, 600, 2)
    assert SetDesktopSize.parse(head + b"".join(screens)).scale == 1.25
    assert SetDesktopSize.parse(pack(">BxHHBx", 251, 800, 600, 0)).scale is None
