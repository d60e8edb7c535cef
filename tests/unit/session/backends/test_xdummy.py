"""Xorg's configuration; the server itself runs in tests/x11, as the others do."""

from desktopd.geometry import Size
from desktopd.session.backends.xdummy import xorg_conf


def test_the_configuration_has_the_size_and_room_for_the_largest() -> None:
    text = xorg_conf(Size(1600, 900), Size(7680, 4320))
    assert "Virtual 1600 900\n" in text
    assert f"VideoRam {7680 * 4320 * 4 // 1024 + 1024}\n" in text
    assert text.count("EndSection") == text.count("\nSection") + 1
