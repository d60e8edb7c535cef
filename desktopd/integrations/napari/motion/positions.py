"""Where points of napari's canvas lie in its world, which it asks twice a drawing, and at each move
of the mouse.

It multiplies two of vispy's transforms to use the product once, and vispy makes shaders for each
product. Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from typing import Any


def map_without_shaders(canvas: Any) -> None:
    """Have napari's canvas map with less work; raises AttributeError where it maps otherwise."""
    original = canvas._map_canvas2world

    def map_position(position: Any, view: Any) -> Any:
        return original(position, _View(view))

    canvas._map_canvas2world = map_position


class _View:
    """A view box whose transform makes no shaders when it is multiplied."""

    def __init__(self, view: Any) -> None:
        self._view = view
        self.transform = _Product(view.transform)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)


class _Product:
    """What a product of vispy's transforms does to points: the last one comes first."""

    def __init__(self, *factors: Any) -> None:
        self._factors = factors

    def __mul__(self, other: Any) -> _Product:
        return _Product(*self._factors, other)

    def imap(self, position: Any) -> Any:
        """The point that is mapped to this position, in homogeneous coordinates."""
        for factor in self._factors:
            position = factor.imap(position)
        return position
