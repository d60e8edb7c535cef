"""napari with one scene after the other, each moved and left alone; the pictures are kept.

``python -m tests.x11.motion_scenes MODE FOLDER`` writes ``SCENE.npz`` for each scene. MODE
``napari`` draws as napari alone does, ``companion`` with the companion's motion, for which each is
too slow.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ["NAPARI_CONFIG"] = ""
import napari
import numpy as np
from napari._qt.utils import QImg2array
from qtpy.QtCore import QEvent, QObject, QPointF, Qt
from qtpy.QtGui import QMouseEvent
from qtpy.QtWidgets import QApplication, QLabel
from vispy.util.quaternion import Quaternion

from desktopd.integrations.napari import float_volumes, raster_canvas
from desktopd.integrations.napari.main_thread import MainThread
from desktopd.integrations.napari.motion.canvas import MotionCanvas
from desktopd.integrations.napari.motion.viewer_motion import ViewerMotion
from desktopd.integrations.napari.motion.visuals import is_volume
from tests.x11.motion_content import SCENES, VOLUME, random

WITHIN = 30.0
QUIET = 0.25
"""Seconds without a drawing after which napari alone has drawn what it draws."""
PAUSE = 0.002
"""Seconds between two turns of the event loop, which leave the cores to what draws."""
FRAME = 0.002
"""Seconds that nothing is drawn in."""


class Painted(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: Any) -> None:
        super().__init__(widget)
        self.often = 0
        widget.installEventFilter(self)

    def eventFilter(self, widget: Any, event: Any) -> bool:  # noqa: N802 - Qt calls it
        self.often += event.type() == QEvent.Type.Paint
        return False


class Viewer:
    """One napari, and the pictures of its canvas."""

    def __init__(self, companion: bool) -> None:
        if companion:
            raster_canvas.install()
            float_volumes.install()
        self.viewer: Any = napari.Viewer(show=True)
        self.window = self.viewer.window._qt_window
        self.window.setGeometry(0, 0, 640, 480)
        self.canvas = self.viewer.window._qt_viewer.canvas
        self.drawn = 0
        self.motion: MotionCanvas | None = None
        self.drafts: list[bool] = []
        self.turn(0.5)
        if companion:
            follower = ViewerMotion("smooth", MainThread(), lambda: None, self.drafts.append, FRAME)
            follower.follow(self.viewer)
            self.motion = follower._canvas
        self.canvas._scene_canvas.events.draw.connect(self._count)

    def _count(self, event: Any) -> None:
        self.drawn += 1

    def beside(self) -> tuple[Any, int]:
        """The canvas while other widgets are painted, one of them above it, and what was drawn
        for them.
        """
        before, above = self.drawn, QLabel("above", self.canvas.native)
        above.setGeometry(0, 0, 40, 20)
        above.show()
        self.window.statusBar().repaint()
        above.repaint()
        picture, drawn = self.screen(), self.drawn - before
        above.deleteLater()
        return picture, drawn

    def turn(self, seconds: float) -> None:
        # Turns count: a process that was not let run has seen nothing meanwhile.
        for _ in range(round(seconds / PAUSE)):
            QApplication.processEvents()
            time.sleep(PAUSE)

    def catch_up(self) -> None:
        """Let it draw what it knows already."""
        before = -1
        while self.drawn != before:
            before = self.drawn
            QApplication.processEvents()

    def draw(self) -> None:
        """Let it draw once."""
        before, end = self.drawn, time.monotonic() + WITHIN
        while self.drawn == before and time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(PAUSE)

    def rest(self) -> None:
        """Let it draw what it draws when nothing moves."""
        end = time.monotonic() + WITHIN
        while True:
            before = self.drawn
            self.turn(QUIET)
            still = self.drawn == before
            if still and (self.motion is None or self.motion.shown.divisor == 1):
                return
            assert time.monotonic() < end, "it never rests"

    def begin_exact(self) -> None:
        """Let the exact picture be begun, where it is drawn by itself."""
        end = time.monotonic() + WITHIN
        while self.motion and self.motion._exact is None and time.monotonic() < end:
            QApplication.processEvents()

    def screen(self, widget: Any = None) -> Any:
        """A widget, or the canvas, as the X server shows it."""
        widget = widget or self.canvas.native
        corner = widget.mapToGlobal(widget.rect().topLeft())
        whole = QImg2array(QApplication.primaryScreen().grabWindow(0).toImage())
        return self.part(whole, corner, widget)

    def part(self, picture: Any, corner: Any, widget: Any) -> Any:
        """A widget in a picture of what is around it."""
        rows = slice(corner.y(), corner.y() + widget.height())
        return picture[rows, corner.x() : corner.x() + widget.width(), :3]

    def move(self, scene: int, step: int) -> None:
        if scene == 3:
            self.viewer.scene.camera.angles = (step * 7.0, 20 + step * 11.0, 30)
        else:
            self.viewer.dims.set_current_step(0, 10 + step)
            self.viewer.scene.camera.zoom *= 1.02
        self.draw()

    def release(self) -> None:
        """Release the mouse over the canvas."""
        native, button = self.canvas.native, Qt.MouseButton.LeftButton
        place = QPointF(native.rect().center())
        kind, none = QEvent.Type.MouseButtonRelease, Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, place, native.mapToGlobal(place), button, button, none)
        QApplication.sendEvent(native, event)

    def pick(self) -> tuple[str, int]:
        """What a press in the middle would reach, and the drawings that come of it."""
        native, before = self.canvas.native, self.drawn
        picked = self.canvas._scene_canvas.visual_at((native.width() / 2, native.height() / 2))
        self.turn(QUIET)
        return type(picked).__name__, self.drawn - before

    def turned(self) -> bool:
        """Whether the drawing of a turn of the camera, as by the mouse, asks for another one."""
        before, camera = self.drawn, self.canvas.view.camera
        camera._quaternion = camera._quaternion * Quaternion(0.9, 0.1, 0.3, 0.2)
        camera.view_changed()
        self.draw()
        return self.drawn - before > 1 or self.canvas._scene_canvas._update_pending

    def positions(self) -> list[Any]:
        """Where the corners of the canvas and a point between them lie in napari's world."""
        views = self.canvas.grid_views if self.viewer.canvas.grid.enabled else [self.canvas.view]
        between = self.canvas._map_canvas2world((200, 100), views[-1])
        return [*self.canvas._viewbox_corners_in_world.tolist(), list(between)]

    def steps(self) -> tuple[int, list[Any]]:
        """How often a step slices, and where it does, also where `Dims` corrects the point."""
        slicer, dims = self.viewer._layer_slicer, self.viewer.dims
        slicings, submit = [], slicer.submit
        slicer.submit = lambda **asked: slicings.append(asked) or submit(**asked)
        dims.set_current_step(0, 17)
        often, places = len(slicings), [self.places()]
        dims.range = ((0, 5, 1), *dims.range[1:])
        places.append(self.places())
        slicer.submit = submit
        return often, places

    def places(self) -> list[float]:
        return [layer._slice_input.world_slice.point[0] for layer in self.viewer.layers]

    def thumbnails(self) -> tuple[Any, Any, int]:
        """The list of layers after a step in motion and when it has slowed down, and how often it
        was painted until then.
        """
        layers, motion = self.viewer.window._qt_viewer.layers, self.motion
        painted = Painted(layers.viewport())
        if motion:
            motion._rest._slowed = lambda: None
            motion._layer_list._moving = lambda: True
        self.viewer.dims.set_current_step(0, 4)
        self.turn(QUIET)
        often, in_motion = painted.often, self.screen(layers)
        if motion:
            motion._rest._slowed = motion._catch_up
            motion._layer_list._moving = lambda: motion._rest.moving
            motion._catch_up()
        self.turn(QUIET)
        return in_motion, self.screen(layers), often

    def painted_below(self) -> int:
        """How often what is below the canvas is painted where that is painted."""
        below = Painted(self.canvas.native.parentWidget())
        self.canvas.native.update()
        self.turn(QUIET)
        return below.often

    def visuals(self) -> list[Any]:
        """What a drawing might have changed in the visuals."""
        nodes = [visual.node for visual in self.canvas.layer_to_visual.values()]
        return [
            (node.relative_step_size, node.interpolation, node._texture.interpolation)
            for node in nodes
            if is_volume(node)
        ]

    def run(self, name: str, folder: Path) -> None:
        ndisplay, build = SCENES[name]
        viewer = self.viewer
        viewer.canvas.grid.enabled = False
        viewer.layers.clear()
        viewer.dims.ndisplay = ndisplay
        build(viewer)
        viewer.reset_view()
        self.rest()
        self.drafts.clear()
        before, divisors = self.visuals(), []
        for step in range(4):
            self.move(ndisplay, step)
            divisors.append(self.motion.shown.divisor if self.motion else 1)
        drafts = list(self.drafts)
        self.catch_up()
        coarse = self.screen()
        beside, drawn_beside = self.beside()
        in_motion = viewer.screenshot(canvas_only=True, flash=False)[..., :3]
        self.move(ndisplay, 9)
        native = self.canvas.native
        corner = native.mapTo(self.window, native.rect().topLeft())
        window = self.part(viewer.screenshot(canvas_only=False, flash=False), corner, native)
        extra = viewer.add_image(VOLUME[:, ::-1], rendering="mip")
        self.move(ndisplay, 8)
        self.begin_exact()
        viewer.layers.remove(extra)
        self.move(ndisplay, 10)
        figure = viewer.export_figure(flash=False)[..., :3]
        self.move(ndisplay, 10)
        self.release()
        self.rest()
        picked, redrawn = self.pick()
        arrays = {
            "coarse": coarse,
            "beside": beside,
            "screen": self.screen(),
            "in_motion": in_motion,
            "figure": figure,
        }
        unchanged = self.visuals() == before
        list_painted = 0
        if ndisplay == 2:
            arrays["list_in_motion"], arrays["list_at_rest"], list_painted = self.thumbnails()
        facts = {
            "list_painted": list_painted,
            "painted_below": self.painted_below(),
            "divisors": divisors,
            "drafts": [drafts, self.drafts[-1:]],
            "unchanged": unchanged,
            "drawn_beside": drawn_beside,
            "surface": self.window.windowHandle().surfaceType().name,
            "picked": picked,
            "redrawn": redrawn,
            "positions": self.positions(),
            "turned": self.turned() if ndisplay == 3 else None,
            "steps": self.steps() if ndisplay == 2 else None,
        }
        np.savez(folder / f"{name}.npz", facts=json.dumps(facts), window=window, **arrays)


def main(mode: str, folder: Path) -> None:
    random.bit_generator.state = np.random.default_rng(5).bit_generator.state
    viewer = Viewer(mode == "companion")
    for name in SCENES:
        random.bit_generator.state = np.random.default_rng(5).bit_generator.state
        viewer.run(name, folder)
    viewer.viewer.close()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
