"""The transforms of a canvas that is drawn smaller than it is.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Transforms:
    """Fits a vispy canvas to another framebuffer, and back when something else is to be drawn.

    `SceneCanvas.push_fbo` and `pop_fbo` do both for each drawing, at 10 ms of a core: every
    transform of the scene tells every shader that it has changed.
    """

    def __init__(self, scene: Any) -> None:
        self._scene = scene
        self._fitted: tuple[Any, ...] | None = None
        self.changing = False
        """Whether visuals ask for a new drawing because of this, or of picking, alone."""
        self._original_update = scene._update_transforms
        self._original_visual_at = scene.visual_at
        scene._update_transforms = self._updated
        scene.visual_at = self._visual_at

    def fit(self, width: int, height: int) -> None:
        """Have the whole canvas drawn into so many pixels."""
        size = tuple(self._scene.physical_size)
        self._scene.context.set_viewport(0, 0, width, height)
        if self._fitted != (width, height, *size):
            with self._unchanged():
                # vispy takes it for set still where it was set before (TransformSystem.configure).
                self._scene.transforms._mappings["ct0"] = None
                self._scene.transforms.configure(
                    viewport=(0, 0, width, height),
                    fbo_size=(width, height),
                    fbo_rect=(0, 0, *size),
                )
            self._fitted = (width, height, *size)

    def restore(self) -> None:
        """Have it drawn as vispy wants it."""
        if self._fitted is not None:
            with self._unchanged():
                self._scene._update_transforms()

    def _updated(self) -> None:
        self._fitted = None
        self._original_update()

    def _visual_at(self, pos: Any) -> Any:
        # It maps the position before it draws; its mode ends with it, but asks for a new drawing.
        self.restore()
        with self._unchanged():
            return self._original_visual_at(pos)

    @contextmanager
    def _unchanged(self) -> Iterator[None]:
        """Have the picture of the scene stay as it is, whatever visuals ask for."""
        self.changing = True
        try:
            yield
        finally:
            self.changing = False
