"""napari itself as a workload: the volume turns as fast as it can be drawn.

    python -m tests.bench.live WIDTHxHEIGHT FIRST     (on the display of the environment)

Speaks like `tests.bench.workload`. A frame's number appears in the top left corner, in a window of
its own, as soon as napari has handed the frame to the X server.
"""

from __future__ import annotations

import sys
import time

import napari
from qtpy.QtCore import QSocketNotifier, QTimer

from desktopd.geometry import Size
from tests.bench import barcode, scenes
from tests.bench.screen import Window, connect
from tests.bench.workload import Words, tell

SETTLED = 3000  # ms from the window's first appearance


class Live:
    """A viewer that turns its volume, and the window with its frame numbers."""

    def __init__(self, size: Size, first: int) -> None:
        self._number = first
        self._turn = 0
        self._moving = False
        self._drawn: dict[int, float] = {}
        self._words = Words()
        self._viewer = scenes.show("3d", size.width, size.height)
        self._display = connect()
        self._mark = Window(self._display, Size(barcode.WIDTH, barcode.HEIGHT))
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._stdin = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)  # type: ignore[arg-type]
        self._stdin.activated.connect(self._obey)
        QTimer.singleShot(SETTLED, self._begin)

    def _begin(self) -> None:
        scenes.centre(self._viewer, "3d")
        self._viewer.window._qt_viewer.canvas.native.frameSwapped.connect(self._swapped)
        self._show_number()
        self._timer.start(1)
        tell({"first": self._number})

    def _tick(self) -> None:
        if self._moving:
            self._turn += 1
            scenes.step(self._viewer, "3d", self._turn)

    def _swapped(self) -> None:
        if self._moving:
            self._number += 1
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


def main(size: Size, first: int) -> None:
    # Qt's objects live as long as this variable.
    _live = Live(size, first)
    napari.run()


if __name__ == "__main__":
    main(Size.parse(sys.argv[1]), int(sys.argv[2]))
