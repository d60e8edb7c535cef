"""napari with a volume of two channels that turns for some seconds; prints JSON in its last line.

``python turning.py MODE SECONDS``: MODE ``exact`` draws as napari alone does, ``motion`` with the
companion's motion.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

os.environ["NAPARI_CONFIG"] = ""
import napari
import numpy as np
from napari.qt import get_qapp
from vispy.gloo import gl

from desktopd.integrations.napari import raster_canvas
from desktopd.integrations.napari.motion.canvas import MotionCanvas

SHAPE = (64, 160, 160)
MOST = 20.0
"""Seconds for the first picture."""


class Turning:
    """A viewer, and what it shows."""

    def __init__(self, motion: bool) -> None:
        if motion:
            raster_canvas.install()
        self.viewer: Any = napari.Viewer(show=True)
        self.viewer.window._qt_window.setGeometry(0, 0, 1280, 720)
        random = np.random.default_rng(3)
        for colour in ("green", "magenta"):
            volume = random.normal(100, 20, SHAPE).astype(np.float32)
            volume[20:44, 40:120, 40:120] += 120
            self.viewer.add_image(volume, colormap=colour, blending="additive", rendering="mip")
        self.viewer.dims.ndisplay = 3
        canvas = self.viewer.window._qt_viewer.canvas
        self.motion = MotionCanvas(canvas, lambda: None) if motion else None
        self.scene = canvas._scene_canvas
        self.drawn = 0
        self.divisor = 1
        self.renderer = ""
        self.scene.events.draw.connect(self._count, position="last")

    def _count(self, event: Any) -> None:
        gl.glFinish()
        self.drawn += 1
        self.renderer = self.renderer or str(gl.glGetParameter(gl.GL_RENDERER))
        if self.motion is not None:
            self.divisor = max(self.divisor, self.motion.shown.divisor)

    def turn(self, seconds: float) -> float:
        """Frames a second: each is asked for when the one before it has been drawn."""
        began, first = time.monotonic(), self.drawn
        step = 0
        while (passed := time.monotonic() - began) < seconds:
            step += 1
            before = self.drawn
            self.viewer.scene.camera.angles = (0.0, step * 3.0 % 360, 30.0)
            while self.drawn == before and time.monotonic() - began < seconds + MOST:
                get_qapp().processEvents()
        return (self.drawn - first) / passed


def main() -> None:
    """Turn it."""
    mode, seconds = sys.argv[1], float(sys.argv[2])
    turning = Turning(motion=mode == "motion")
    turning.turn(1.0)
    frames = turning.turn(seconds)
    facts = {"frames": frames, "divisor": turning.divisor, "renderer": turning.renderer}
    print(json.dumps(facts), flush=True)
    # Qt's and Mesa's ends have nothing more to tell.
    os._exit(0)


main()
