"""The exact picture in one piece, for scenes that take no longer than a frame may.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from vispy.gloo import gl

from desktopd.integrations.napari.motion.controller import Controller
from desktopd.integrations.napari.motion.quality import EXACT, Key
from desktopd.integrations.napari.motion.visuals import timed
from desktopd.integrations.napari.raster_canvas import is_software

GLANCE = 16
"""Frames of a quick GPU of which one is measured, since it could be drawing the next meanwhile."""


class WholeDrawing:
    """Draws one ``SceneCanvas``, by its own `draw`, and measures that as often as it has to."""

    def __init__(self, scene: Any, draw: Callable[[], None], controller: Controller) -> None:
        self.seconds = float("inf")
        """What the last picture took that was measured."""
        self._scene = scene
        self._draw = draw
        self._controller = controller
        self._renderer = ""
        self._frames = 0

    @property
    def by_software(self) -> bool:
        """Whether Mesa draws without a GPU."""
        if not self._renderer:
            self._renderer = str(gl.glGetParameter(gl.GL_RENDERER))
        return is_software(self._renderer)

    def draw(self, visuals: dict[Key, Any]) -> None:
        """Draw what napari draws; each visual by itself is measured where it may be slow."""
        self._frames += 1
        quick = self.seconds < self._controller.budget / 2
        if not (quick and self._controller.known):
            with timed(visuals, self._scene.context) as seconds:
                self._draw()
            self._controller.measured(EXACT, seconds)
            self.seconds = sum(seconds.values())
        elif self.by_software or self._frames % GLANCE == 0:
            start = time.perf_counter()
            self._draw()
            self._scene.context.finish()
            self.seconds = time.perf_counter() - start
        else:
            self._draw()
