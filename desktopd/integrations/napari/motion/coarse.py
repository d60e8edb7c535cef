"""The coarse picture of a scene: smaller than the canvas, with less work for each of its pixels.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from desktopd.integrations.napari.motion.points import PlainPoints, has_points
from desktopd.integrations.napari.motion.quality import EXACT, Key, Quality
from desktopd.integrations.napari.motion.transforms import Transforms
from desktopd.integrations.napari.motion.visuals import drawn, timed
from desktopd.integrations.napari.offscreen_picture import OffscreenPicture


class CoarseDrawing:
    """Draws one ``SceneCanvas``, by its own `draw`, into one picture again and again."""

    def __init__(self, scene: Any, draw: Callable[[], None], transforms: Transforms) -> None:
        self._scene = scene
        self._draw = draw
        self._transforms = transforms
        self._picture: OffscreenPicture | None = None
        self._points = PlainPoints()

    def draw(
        self, visuals: dict[Key, Any], quality: Quality
    ) -> tuple[OffscreenPicture, dict[Key, float]]:
        """The picture, which lasts until the next one, and the seconds that each visual took."""
        scene, size = self._scene, self._scene.physical_size
        width, height = (max(1, round(side / quality.divisor)) for side in size)
        picture = self._picture
        if picture is None or picture.size != (width, height):
            picture = self._picture = OffscreenPicture(width, height)
        with ExitStack() as stack:
            stack.enter_context(picture.drawn_into(scene))
            self._transforms.fit(width, height)
            stack.callback(scene.context.set_viewport, 0, 0, *size)
            for key, visual in visuals.items():
                stack.enter_context(drawn(visual, quality.detail(key)))
                if has_points(visual) and quality != EXACT:
                    stack.enter_context(self._points.drawn(visual, quality.divisor))
            seconds = stack.enter_context(timed(visuals, scene.context))
            self._draw()
        return picture, seconds
