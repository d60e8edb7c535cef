from __future__ import annotations

import pytest

from desktopd.x11.screen.xsettings import dpi_settings, encode


@pytest.mark.parametrize(
    ("dpi", "factor", "unscaled"),
    [(48, 1, 48), (96, 1, 96), (120, 1, 120), (144, 1, 144), (192, 2, 96), (240, 2, 120)],
)
def test_gtk_scales_by_a_whole_factor_and_its_text_by_the_rest(
    dpi: int, factor: int, unscaled: int
) -> None:
    assert dpi_settings(dpi) == {
        "Xft/DPI": dpi * 1024,
        "Gdk/WindowScalingFactor": factor,
        "Gdk/UnscaledDPI": unscaled * 1024,
    }


def test_the_property_byte_by_byte() -> None:
    assert encode({"Xft/DPI": 98304, "Gtk/X": -1}, 7) == bytes.fromhex(
        "00000000 07000000 02000000"
        "00 00 0700 5866742f445049 00 07000000 00800100"
        "00 00 0500 47746b2f58 000000 07000000 ffffffff"
    )
