"""How the canvas is drawn: by which renderer, and how often.

Tested by tests/browser/test_companion.py.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import Any

log = logging.getLogger(__name__)


class Drawing:
    """Counts the draws of one canvas; its properties may be read in any thread."""

    def __init__(self) -> None:
        self._draws: deque[float] = deque(maxlen=240)
        self._renderer: str | None = None

    @property
    def frame_rate(self) -> float:
        """Draws in the last second."""
        since = time.monotonic() - 1
        return float(sum(1 for moment in tuple(self._draws) if moment > since))

    @property
    def renderer(self) -> str | None:
        """OpenGL's name for what draws, such as ``llvmpipe (LLVM 19…)``; None before a draw."""
        return self._renderer

    def follow(self, viewer: Any) -> None:
        """Count the draws of `viewer` from now on, where this napari shows them to us."""
        try:
            canvas = viewer.window._qt_viewer.canvas._scene_canvas
            canvas.events.draw.connect(self._drawn)
            canvas.update()
        except AttributeError:
            log.warning("desktopd: this napari does not tell when it draws")

    def _drawn(self, event: Any) -> None:
        self._draws.append(time.monotonic())
        if self._renderer is None:
            from vispy.gloo import gl

            # The canvas is current while it draws.
            self._renderer = str(gl.glGetParameter(gl.GL_RENDERER))
