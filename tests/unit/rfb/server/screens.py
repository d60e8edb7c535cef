"""Screens as X draws them for the framebuffer."""

from __future__ import annotations

import numpy as np

from desktopd.rfb.encoders.pixels import Pixels
from desktopd.rfb.server.regions import TILE


def picture(screen: Pixels) -> memoryview:
    """All of a screen, with sides rounded up to tiles."""
    missing = [(0, -side % TILE) for side in screen.shape]
    return memoryview(np.pad(screen, missing).tobytes())
