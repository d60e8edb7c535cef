"""napari itself as a workload, which the mouse turns or which turns itself.

    python -m tests.bench.live WIDTHxHEIGHT FIRST SCENE MODE     (on the display of the environment)

SCENE is one of `tests.bench.scenes`; MODE is ``turns`` by itself as fast as it can be drawn, or is
dragged, drawn by ``napari`` alone or with the companion's ``motion``. Speaks like
`tests.bench.workload`, and tells the middle of its canvas. A frame's number appears in the top left
corner, in a window of its own, as soon as napari has handed the frame to the X server.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import napari
from qtpy.QtCore import QSocketNotifier, QTimer

from desktopd.geometry import Size
from tests.bench import barcode, scenes
from tests.bench.screen import Window, connect
from tests.bench.workload import Words, tell

SETTLED = 3000  # ms from the window's first appearance
NICE = 5  # as the daemon starts it


class Live:
    """A viewer, and the window with its frame numbers."""

    def __init__(self, size: Size, first: int, scene: str, mode: str) -> None:
        self._number = first
        self._turn = 0
        self._scene, self._mode = scene, mode
        self._moving = False
        self._x = 0
        self._drawn: dict[int, float] = {}
        self._reached: dict[int, int] = {}
        self._words = Words()
        self._viewer = scenes.show(scene, size.width, size.height)
        self._display = connect()
        self._mark = Window(self._display, Size(barcode.WIDTH, barcode.HEIGHT))
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._stdin = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)  # type: ignore[arg-type]
        self._stdin.activated.connect(self._obey)
        self._motion: Any = None
        QTimer.singleShot(SETTLED, self._begin)

    def _begin(self) -> None:
        scenes.centre(self._viewer, self._scene)
        canvas = self._viewer.window._qt_viewer.canvas
        if self._mode == "motion":
            from desktopd.integrations.napari.motion.canvas import MotionCanvas

            self._motion = MotionCanvas(canvas, lambda: None)
        native = canvas.native
        native.frameSwapped.connect(self._swapped)
        canvas._scene_canvas.events.mouse_move.connect(self._pointed)
        middle = native.mapToGlobal(native.rect().center())
        self._show_number()
        self._timer.start(1)
        tell({"first": self._number, "middle": [middle.x(), middle.y()]})

    def _tick(self) -> None:
        if self._moving and self._mode == "turns":
            self._turn += 1
            scenes.step(self._viewer, self._scene, self._turn)

    def _pointed(self, event: Any) -> None:
        native = self._viewer.window._qt_viewer.canvas.native
        self._x = round(event.pos[0]) - native.rect().center().x()

    def _swapped(self) -> None:
        if self._moving:
            self._number += 1
            self._reached[self._number] = self._x
            self._show_number()

    def _show_number(self) -> None:
        self._mark.mark(self._number)
        self._drawn.setdefault(self._number, time.time())
        self._display.flush()

    def _obey(self) -> None:
        for word in self._words.read():
            self._moving = word == "go" or (self._moving and word != "hold")
            if word == "drawn":
                tell({"drawn": list(self._drawn.items())})
            elif word == "reached":
                exact = self._motion is None or self._motion.shown.divisor == 1
                tell({"reached": list(self._reached.items()), "exact": exact})


def main(size: Size, first: int, scene: str, mode: str) -> None:
    if mode == "motion":
        from desktopd.integrations.napari import raster_canvas

        raster_canvas.install()
        os.nice(NICE)
    # Qt's objects live as long as this variable.
    _live = Live(size, first, scene, mode)
    napari.run()


if __name__ == "__main__":
    main(Size.parse(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
