"""Draws one canvas of napari: coarser while drawings follow each other, exactly when they end.

Only what the canvas paints on the screen is drawn so. Screenshots, exports and picking draw outside
of Qt's paint event, and get what napari draws. Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qtpy.QtCore import QEvent, QTimer

from desktopd.integrations.napari.motion.coarse import CoarseDrawing
from desktopd.integrations.napari.motion.controller import Controller
from desktopd.integrations.napari.motion.exact import ExactDrawing
from desktopd.integrations.napari.motion.frame_time import FrameTime
from desktopd.integrations.napari.motion.layer_list import LayerList
from desktopd.integrations.napari.motion.positions import map_without_shaders
from desktopd.integrations.napari.motion.quality import EXACT, Key, Quality
from desktopd.integrations.napari.motion.rest import Rest
from desktopd.integrations.napari.motion.status import Status
from desktopd.integrations.napari.motion.steps import Steps
from desktopd.integrations.napari.motion.transforms import Transforms
from desktopd.integrations.napari.motion.view_direction import draw_turn_once
from desktopd.integrations.napari.motion.visuals import freedom, is_volume
from desktopd.integrations.napari.motion.whole import WholeDrawing
from desktopd.integrations.napari.offscreen_picture import OffscreenPicture
from desktopd.integrations.napari.raster_canvas import RasterCanvas

FRAME = 0.040
"""Seconds that a frame may take."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Picture:
    """What was drawn for the screen: of which revision of the scene, and how."""

    framebuffer: OffscreenPicture
    revision: int
    quality: Quality


class MotionCanvas:
    """The canvas of one viewer, a ``napari._vispy.canvas.VispyCanvas``.

    `changed` is called when the quality of what is shown has changed; `frame` is in seconds.
    """

    def __init__(
        self,
        canvas: Any,
        changed: Callable[[], None],
        frame: float = FRAME,
    ) -> None:
        self.shown = EXACT
        """The quality of the picture on the screen."""
        self.exact_seconds: float | None = None
        """What the last exact picture took that was drawn in slices; None before the first."""
        self._canvas = canvas
        self._scene = canvas._scene_canvas
        self._changed = changed
        self._smooth = True
        self._time = FrameTime(frame)
        self._controller = Controller(self._time.budget)
        self._revision = 0
        self._painting = False
        self._drew = False
        self._picture: _Picture | None = None
        self._exact: ExactDrawing | None = None
        self._rest = Rest(self._catch_up, lambda: self._attempt(self._settle))
        self._status = Status(canvas, lambda: self._rest.moving)
        self._layer_list = LayerList(canvas, lambda: self._rest.moving)
        self._steps = Steps(canvas.viewer)
        self._transforms = Transforms(self._scene)
        map_without_shaders(canvas)
        draw_turn_once(canvas)
        self._original_draw = self._scene._draw_scene
        self._whole = WholeDrawing(self._scene, self._draw_as_it_is, self._controller)
        self._coarse = CoarseDrawing(self._scene, self._original_draw, self._transforms)
        self._original_update = self._scene.update
        self._original_event = self._scene.native.event
        self._scene._draw_scene = self._draw_scene
        self._scene.update = self._update
        self._scene.native.event = self._event

    @property
    def smooth(self) -> bool:
        """Whether what is too slow is drawn coarser while it moves."""
        return self._smooth

    @smooth.setter
    def smooth(self, smooth: bool) -> None:
        self._smooth = smooth
        self._rest.stop()
        self._scene.update()

    def _event(self, event: Any) -> bool:
        """Mark what is drawn for the screen: grabs of the framebuffer are no events."""
        start, paints = time.perf_counter(), event.type() == QEvent.Type.Paint
        self._painting = paints
        try:
            return bool(self._original_event(event))
        finally:
            self._painting = False
            seconds = time.perf_counter() - start
            if event.type() == QEvent.Type.MouseButtonRelease:
                self._rest.released()
            if not paints:
                self._time.handled(seconds)
            elif self._drew:
                self._drew = False
                self._time.shown(seconds)
                self._controller.budget = self._time.budget

    @property
    def _draws_for_screen(self) -> bool:
        native = self._scene.native
        return native.draws_for_screen if isinstance(native, RasterCanvas) else self._painting

    def _update(self, node: Any = None) -> None:
        """Note that the scene is another one."""
        if self._transforms.changing:
            return
        if not self._scene._drawing:
            self._revision += 1
            self._rest.changed()
        self._original_update(node)

    def _show(self, picture: OffscreenPicture) -> None:
        native = self._scene.native
        if isinstance(native, RasterCanvas):
            native.show_picture(picture)
        else:
            picture.show(self._scene)

    def _draw_scene(self, bgcolor: Any = None) -> None:
        """Draw the scene, as `SceneCanvas._draw_scene` does."""
        for_screen = self._draws_for_screen and bgcolor is None and not self._scene._fb_stack
        if not for_screen:
            self._draw_as_it_is(bgcolor)
            return
        if self._smooth and self._attempt(self._draw_for_screen):
            return
        self._picture = None
        self._draw_as_it_is()
        self._show_quality(EXACT)

    def _attempt(self, draw: Callable[[], None]) -> bool:
        """Whether `draw` has drawn; if it fails, napari draws everything from then on."""
        try:
            draw()
        except Exception:
            log.exception("desktopd: napari draws what moves from now on")
            self._smooth = False
            self._give_up_exact()
            self._original_update()
            return False
        return True

    def _draw_for_screen(self) -> None:
        """Draw what fits into a frame, or show what was drawn of this very scene."""
        size = tuple(self._scene.physical_size)
        visuals = self._visuals()
        self._controller.scene({key: freedom(visual) for key, visual in visuals.items()})
        if self._shows_again(size):
            return
        self._give_up_exact()
        if self._is_quick(visuals):
            self._draw_whole(visuals)
        else:
            self._draw_coarse(visuals)

    def _catch_up(self) -> None:
        self._status.catch_up()
        self._layer_list.catch_up()

    def _draw_as_it_is(self, bgcolor: Any = None) -> None:
        self._give_up_exact()
        self._transforms.restore()
        self._original_draw(bgcolor)

    def _visuals(self) -> dict[Key, Any]:
        """The visuals of the layers that are seen."""
        found = self._canvas.layer_to_visual.items()
        return {id(layer): visual.node for layer, visual in found if layer.visible}

    def _is_quick(self, visuals: dict[Key, Any]) -> bool:
        if self._controller.known:
            return not self._controller.is_slow
        # Nobody knows how long a new volume takes without a GPU: the coarse picture will tell.
        return not (self._whole.by_software and any(map(is_volume, visuals.values())))

    def _shows_again(self, size: tuple[int, ...]) -> bool:
        """Show what was drawn of this very scene, if it was."""
        exact = self._exact
        if exact is not None and exact.done and exact.revision == self._revision:
            self._picture = _Picture(exact.framebuffer, exact.revision, EXACT)
            self.exact_seconds = exact.seconds
            self._exact = None
            self._show_quality(EXACT)
        picture = self._picture
        if picture is None or picture.revision != self._revision:
            return False
        if picture.quality == EXACT and picture.framebuffer.size != size:
            return False
        self._show(picture.framebuffer)
        return True

    def _draw_whole(self, visuals: dict[Key, Any]) -> None:
        """Draw the exact picture, as napari does."""
        self._picture = None
        self._rest.await_()
        self._whole.draw(visuals)
        if self._whole.by_software:
            self._time.drew(self._whole.seconds)
            self._drew = True
        self._show_quality(EXACT)

    def _draw_coarse(self, visuals: dict[Key, Any]) -> None:
        """Draw within a frame, and the exact picture when nothing follows."""
        quality = self._controller.next()
        if quality.divisor == 1 and not self._controller.known:
            quality = Quality(3)
        framebuffer, seconds = self._coarse.draw(visuals, quality)
        self._controller.measured(quality, seconds)
        self._picture = _Picture(framebuffer, self._revision, quality)
        self._time.drew(sum(seconds.values()))
        self._drew = True
        self._show(framebuffer)
        self._show_quality(quality)
        self._rest.await_()

    def _settle(self) -> None:
        """Begin the exact picture of a scene that rests."""
        picture, scene = self._picture, self._scene
        if picture is None or picture.quality == EXACT:
            return
        scene.set_current()
        self._transforms.restore()
        self._exact = ExactDrawing(
            scene,
            self._original_draw,
            self._revision,
            self._visuals(),
            self._controller.costs(EXACT),
        )
        self._next_slice(self._exact)

    def _give_up_exact(self) -> None:
        """Leave the exact picture that is not shown yet, since something else is drawn."""
        exact, self._exact = self._exact, None
        if exact is not None:
            exact.abandon()
            if self._smooth:
                self._rest.await_()

    def _next_slice(self, exact: ExactDrawing) -> None:
        """Draw one slice more, and let the event loop turn."""
        if exact is not self._exact or exact.revision != self._revision or not self._smooth:
            return
        exact.draw_slice()
        if exact.done:
            self._original_update()
        else:
            QTimer.singleShot(0, lambda: self._attempt(lambda: self._next_slice(exact)))

    def _show_quality(self, quality: Quality) -> None:
        if quality != self.shown:
            self.shown = quality
            self._changed()
