"""The encoding that x11vnc, Xvnc or a target will use for a viewer."""

from __future__ import annotations

import pytest

from desktopd.rfb.relay.codec import codec
from desktopd.rfb.viewers.pixel_path import PixelPath
from tests.unit.rfb.protocol.client_session import NOVNC_ENCODINGS


@pytest.mark.parametrize(
    ("encodings", "path", "name"),
    [
        (NOVNC_ENCODINGS, PixelPath.X11VNC, "tight"),
        (NOVNC_ENCODINGS, PixelPath.XVNC, "tight"),
        (NOVNC_ENCODINGS, PixelPath.TARGET, "tight"),
        ((1, 50, -260, 16, 0), PixelPath.X11VNC, "tightpng"),
        ((1, 50, -260, 16, 0), PixelPath.XVNC, "zrle"),
        ((1, 6, 5), PixelPath.X11VNC, "zlib"),
        ((1, 6, 5), PixelPath.XVNC, "hextile"),
        ((1, -223), PixelPath.X11VNC, "raw"),
        ((), PixelPath.TARGET, "raw"),
    ],
)
def test_the_codec_is_the_first_that_both_ends_can_do(
    encodings: tuple[int, ...], path: PixelPath, name: str
) -> None:
    assert codec(encodings, path) == name
