"""The time of a frame, and what of it is left for the drawing: no GL, no clock.

Tested by tests/unit/integrations/napari/motion/test_frame_time.py.
"""

from __future__ import annotations

TRUST = 0.5
"""Weight of a new measurement."""
OTHER = 0.3
"""The share of a frame that is not the drawing, before it was measured."""
LEAST = 0.3
"""The share of a frame that the drawing gets at least."""


class FrameTime:
    """A frame of `wanted` seconds: napari's handling of the input, the drawing, and the showing."""

    def __init__(self, wanted: float) -> None:
        self._wanted = wanted
        self._other = OTHER * wanted
        self._handling = self._drawing = 0.0

    @property
    def budget(self) -> float:
        """Seconds for the drawing."""
        return max(LEAST * self._wanted, self._wanted - self._other)

    def handled(self, seconds: float) -> None:
        """Note what the last event before the frame took: Qt makes one move of many."""
        self._handling = seconds

    def drew(self, seconds: float) -> None:
        """Note what the drawing of this frame took."""
        self._drawing = seconds

    def shown(self, seconds: float) -> None:
        """Note what the whole frame took, without the events before it."""
        other = seconds - self._drawing + self._handling
        self._other += TRUST * (other - self._other)
        self._handling = self._drawing = 0.0
