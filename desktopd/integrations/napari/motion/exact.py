"""The exact picture, drawn in slices into a framebuffer of its own, between which the loop turns.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from desktopd.integrations.napari.motion.slices import MOST, Slices
from desktopd.integrations.napari.offscreen_picture import OffscreenPicture

SLICE = 0.035
"""Seconds that a slice is to take."""


class ExactDrawing:
    """One exact picture of the scene as it is at `revision`; to be made with its context current.

    `draw` draws the scene; `seconds` is how long the whole is thought to take, of which `fixed` for
    whatever part of it.
    """

    def __init__(
        self, scene: Any, draw: Callable[[], None], revision: int, seconds: float, fixed: float
    ) -> None:
        width, height = scene.physical_size
        self.revision = revision
        self.framebuffer = OffscreenPicture(width, height)
        self.seconds = 0.0
        self.longest = 0.0
        self.count = 0
        self._scene = scene
        self._draw = draw
        self._started = time.perf_counter()
        first = width * height * min(1.0, SLICE / max(seconds, 1e-3))
        # Slices that take no less than the whole would only make it last.
        count = max(1.0, min(MOST, seconds / max(fixed, 1e-3)))
        self._slices = Slices(width, height, first / 2, SLICE, width * height / count)

    @property
    def done(self) -> bool:
        """Whether the whole picture is drawn."""
        return not self._slices.left

    def draw_slice(self) -> None:
        """Draw the next slice, until OpenGL has drawn it."""
        slice_, start = self._slices.next(), time.perf_counter()
        context = self._scene.context
        with self.framebuffer.drawn_into(self._scene):
            context.set_viewport(0, 0, *self.framebuffer.size)
            context.set_scissor(slice_.x, slice_.y, slice_.width, slice_.height)
            context.set_state(scissor_test=True)
            self._draw()
            context.set_state(scissor_test=False)
            context.finish()
        taken = time.perf_counter() - start
        self._slices.took(slice_, taken)
        self.count += 1
        self.longest = max(self.longest, taken)
        self.seconds = time.perf_counter() - self._started

    def abandon(self) -> None:
        """Give up what has been drawn; the context of the canvas is current."""
        del self.framebuffer
