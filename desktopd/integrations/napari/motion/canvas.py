"""Draws one canvas of napari: coarser while drawings follow each other, exactly when they end.

Only what the canvas paints on the screen is drawn so. Screenshots, exports and picking draw outside
of Qt's paint event, and get what napari draws. Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from qtpy.QtCore import QEvent, QTimer

from desktopd.integrations.napari.motion.controller import Controller
from desktopd.integrations.napari.motion.exact import ExactDrawing
from desktopd.integrations.napari.motion.frame_time import FrameTime
from desktopd.integrations.napari.motion.offscreen_picture import OffscreenPicture
from desktopd.integrations.napari.motion.points import PlainPoints, has_points
from desktopd.integrations.napari.motion.quality import EXACT, Key, Quality
from desktopd.integrations.napari.motion.renderer import CanvasRenderer
from desktopd.integrations.napari.motion.rest import Rest
from desktopd.integrations.napari.motion.status import Status
from desktopd.integrations.napari.motion.transforms import Transforms
from desktopd.integrations.napari.motion.visuals import drawn, freedom, is_volume, timed
from desktopd.integrations.napari.motion.window_surface import WindowSurface

FRAME = 0.040
"""Seconds that a frame may take."""
GLANCE = 16
"""Frames of a quick GPU of which one is measured, since it could be drawing the next meanwhile."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Picture:
    """What was drawn for the screen: of which revision of the scene, and how."""

    framebuffer: OffscreenPicture
    revision: int
    quality: Quality


class MotionCanvas:
    """The canvas of one viewer, a ``napari._vispy.canvas.VispyCanvas``.

    `changed` is called when the quality of what is shown has changed, `painted` when a frame was
    handed to the X server without Qt's composition; `frame` is in seconds.
    """

    def __init__(
        self,
        canvas: Any,
        changed: Callable[[], None],
        frame: float = FRAME,
        painted: Callable[[], None] = lambda: None,
    ) -> None:
        self.shown = EXACT
        """The quality of the picture on the screen."""
        self.exact_seconds: float | None = None
        """What the last exact picture took that was drawn in slices; None before the first."""
        self._canvas = canvas
        self._scene = canvas._scene_canvas
        self._changed = changed
        self._painted = painted
        self._smooth = True
        self._time = FrameTime(frame)
        self._controller = Controller(self._time.budget)
        self._renderer = CanvasRenderer()
        self._whole = float("inf")
        self._frames = 0
        self._revision = 0
        self._painting = False
        self._picture: _Picture | None = None
        self._coarse: OffscreenPicture | None = None
        self._whole_picture: OffscreenPicture | None = None
        self._exact: ExactDrawing | None = None
        self._surface = WindowSurface(
            self._scene.native,
            self._catch_up,
            lambda: self._newer_on_window and self._rest.awaited,
            self._scene.native.window()._qt_viewer.dims,
        )
        self._on_window = False
        self._newer_on_window = False
        self._points = PlainPoints()
        self._soon = QTimer()
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._draw_on_window)
        self._rest = Rest(self._slowed, lambda: self._attempt(self._settle))
        self._status = Status(canvas, lambda: self._rest.moving)
        self._transforms = Transforms(self._scene)
        self._original_draw = self._scene._draw_scene
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
        if event.type() != QEvent.Type.Paint:
            start = time.perf_counter()
            accepted = bool(self._original_event(event))
            self._time.handled(time.perf_counter() - start)
            return accepted
        self._painting = True
        try:
            return bool(self._original_event(event))
        finally:
            self._painting = False

    def _update(self, node: Any = None) -> None:
        """Note that the scene is another one."""
        if self._transforms.changing:
            return
        if not self._scene._drawing:
            self._revision += 1
            self._rest.changed()
            if self._soon.isActive():
                return
            # Qt's composition, which the cores draw too, is to be spared.
            if self._smooth and self._renderer.known_as_software and self._surface.takes():
                self._soon.start(0)
                return
        self._original_update(node)

    def _draw_on_window(self) -> None:
        """Draw a frame and show it, as a paint event does, without Qt's composition."""
        start, scene = time.perf_counter(), self._scene
        scene.set_current()
        self._painting = self._on_window = True
        try:
            scene.events.draw(region=None)
        finally:
            self._painting = self._on_window = False
        self._time.shown(time.perf_counter() - start)
        self._controller.budget = self._time.budget

    def _show(self, framebuffer: OffscreenPicture) -> None:
        """Show a picture, on the window itself or by the framebuffer that Qt composes."""
        if self._on_window:
            self._surface.paint(framebuffer.image())
            self._newer_on_window = True
            self._painted()
        else:
            framebuffer.show(self._scene)
            self._newer_on_window = False

    def _catch_up(self) -> None:
        """Have Qt compose what the window shows."""
        if self._newer_on_window:
            self._newer_on_window = False
            self._scene.native.update()

    def _slowed(self) -> None:
        """Do what has waited while the scene moved."""
        self._status.catch_up()
        self._surface.composition.release()

    def _draw_scene(self, bgcolor: Any = None) -> None:
        """Draw the scene, as `SceneCanvas._draw_scene` does."""
        for_screen = self._painting and bgcolor is None and not self._scene._fb_stack
        if not for_screen:
            self._draw_as_it_is(bgcolor)
            return
        self._painting = False
        self._soon.stop()
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
            self._draw_coarse(visuals, size)

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
        return not (self._renderer.is_software and any(map(is_volume, visuals.values())))

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
        if self._on_window:
            self._draw_whole_on_window(visuals)
            return
        self._picture = None
        self._rest.stop()
        self._frames += 1
        context, quick = self._scene.context, self._whole < self._controller.budget / 2
        if not (quick and self._controller.known):
            with timed(visuals, context) as seconds:
                self._draw_as_it_is()
            self._controller.measured(EXACT, seconds)
            self._whole = sum(seconds.values())
        elif self._renderer.is_software or self._frames % GLANCE == 0:
            start = time.perf_counter()
            self._draw_as_it_is()
            context.finish()
            self._whole = time.perf_counter() - start
        else:
            self._draw_as_it_is()
        self._show_quality(EXACT)

    def _draw_whole_on_window(self, visuals: dict[Key, Any]) -> None:
        scene, size = self._scene, tuple(self._scene.physical_size)
        if self._whole_picture is None or self._whole_picture.size != size:
            self._whole_picture = OffscreenPicture(*size)
        with self._whole_picture.drawn_into(scene):
            scene.context.set_viewport(0, 0, *size)
            with timed(visuals, scene.context) as seconds:
                self._draw_as_it_is()
        self._controller.measured(EXACT, seconds)
        self._whole = sum(seconds.values())
        self._time.drew(self._whole)
        self._picture = _Picture(self._whole_picture, self._revision, EXACT)
        self._show(self._whole_picture)
        self._show_quality(EXACT)
        self._rest.await_()

    def _draw_coarse(self, visuals: dict[Key, Any], size: tuple[int, ...]) -> None:
        """Draw within a frame, and the exact picture when nothing follows."""
        quality = self._controller.next()
        if quality.divisor == 1 and not self._controller.known:
            quality = Quality(3)
        scene = self._scene
        width, height = (max(1, round(side / quality.divisor)) for side in size)
        if self._coarse is None or self._coarse.size != (width, height):
            self._coarse = OffscreenPicture(width, height)
        with ExitStack() as stack:
            stack.enter_context(self._coarse.drawn_into(scene))
            self._transforms.fit(width, height)
            stack.callback(scene.context.set_viewport, 0, 0, *size)
            for key, visual in visuals.items():
                stack.enter_context(drawn(visual, quality.detail(key)))
                if has_points(visual) and quality != EXACT:
                    stack.enter_context(self._points.drawn(visual, quality.divisor))
            seconds = stack.enter_context(timed(visuals, scene.context))
            self._original_draw()
        self._controller.measured(quality, seconds)
        self._picture = _Picture(self._coarse, self._revision, quality)
        self._time.drew(sum(seconds.values()))
        self._show(self._coarse)
        self._show_quality(quality)
        self._rest.await_()

    def _settle(self) -> None:
        """Begin the exact picture of a scene that rests."""
        picture = self._picture
        if picture is not None and picture.quality == EXACT:
            self._original_update()
            return
        scene, visuals = self._scene, self._visuals()
        scene.set_current()
        self._transforms.restore()
        seconds = self._controller.costs(EXACT)
        self._exact = ExactDrawing(scene, self._original_draw, self._revision, visuals, seconds)
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
