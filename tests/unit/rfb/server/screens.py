"""Screens as the framebuffer gets them from X."""

from __future__ import annotations

import numpy as np

from desktopd.rfb.encoders.pixels import Pixels
from desktopd.rfb.server.tiles import TILE


def captured(screen: Pixels) -> memoryview:
    """All of a screen, with sides rounded up to tiles."""
    missing = [(0, -side % TILE) for side in screen.shape]
    return memoryview(np.pad(screen, missing).tobytes())
