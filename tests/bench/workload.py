"""An X client that draws numbered frames and notes when each was handed to the X server.

    python -m tests.bench.workload NAME RATE FRAMES FIRST     (on the display of the environment)

Words on stdin: ``go`` starts it, ``hold`` stops it on the frame that is shown and tells the digest
of that picture, ``drawn`` tells the time of every frame, in seconds since 1970. Numbers start at
FIRST, and ``idle`` stays there.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from Xlib.protocol import event

from desktopd.geometry import Size
from desktopd.x11.xlib_patches import Display
from tests.bench import barcode
from tests.bench.picture import back_and_forth, digest
from tests.bench.screen import Canvas, Window, connect

BLOCK = 200  # pixels: the side of the square that a click turns black or white
TYPED = 0.1013  # seconds for a letter
DRIFT = 1.013  # slower than asked, so that frames meet every phase of the browser's 60 Hz
LATE = 0.2  # seconds after which frames are left out
LETTER = (20, 12)  # pixels: height, width
COLUMNS, ROWS = 60, 20  # of letters

Pixels = NDArray[np.uint8]


class Workload:
    """Still frames; the square in the middle follows the mouse button if `clicks`."""

    clicks = False

    def __init__(self, display: Display, frames: Pixels, first: int, rate: float) -> None:
        self.display = display
        self.period = DRIFT / rate
        self.number = first
        self.drawn: dict[int, float] = {}
        self._height, self._width = frames.shape[1:3]
        self._square_is_white = False
        self._canvas = Canvas(display, frames)
        self._window = Window(display, Size(self._width, self._height))

    @property
    def _place(self) -> tuple[int, int]:
        return (self._width - BLOCK) // 2, (self._height - BLOCK) // 2

    def draw(self) -> None:
        """Show the frame with the present number, and wait until the server has it."""
        picture = self.picture()
        code = barcode.draw(self.number)
        picture[: barcode.HEIGHT, : barcode.WIDTH] = code
        picture[-barcode.HEIGHT :, -barcode.WIDTH :] = code
        if self.clicks:
            x, y = self._place
            picture[y : y + BLOCK, x : x + BLOCK, :3] = 255 * self._square_is_white
        self._canvas.show(self._window, back_and_forth(self.number, len(self._canvas.frames)))
        self._sent()

    def move(self) -> None:
        """Draw what comes next."""

    def picture(self) -> Pixels:
        """What the screen shows."""
        shown: Pixels = self._canvas.frames[back_and_forth(self.number, len(self._canvas.frames))]
        return shown

    def react(self, happened: Any) -> None:
        """To an event of X."""
        if isinstance(happened, event.Expose) and happened.count == 0:
            self.draw()
        elif isinstance(happened, event.ButtonPress) and happened.detail == 1 and self.clicks:
            self._square_is_white = not self._square_is_white
            self._window.fill(0xFFFFFF * self._square_is_white, *self._place, BLOCK)
            self.display.flush()

    def _sent(self) -> None:
        self.drawn.setdefault(self.number, time.time())
        self.display.sync()


class Clicked(Workload):
    """A still frame whose square toggles."""

    clicks = True


class Replay(Workload):
    """Frames forth and back."""

    def move(self) -> None:
        self.number += 1
        self.draw()


class ClickedReplay(Replay):
    """The same with a square that toggles."""

    clicks = True


class Typing(Workload):
    """Letters of noise, one after the other, each with its number in the corner."""

    def __init__(self, display: Display, frames: Pixels, first: int, rate: float) -> None:
        super().__init__(display, frames, first, rate)
        self.period = TYPED
        strokes = np.random.default_rng(1).random((16, *LETTER, 1)) < 0.3
        self._letters = np.where(strokes, (230, 230, 230, 0), (48, 41, 38, 0)).astype(np.uint8)

    def move(self) -> None:
        self.number += 1
        row, column = divmod(self.number % (COLUMNS * ROWS), COLUMNS)
        x, y = 40 + LETTER[1] * column, 100 + (LETTER[0] + 2) * row
        self._window.put(self._letters[self.number % len(self._letters)], x, y)
        self._window.mark(self.number)
        self._sent()


KINDS = {
    "idle": Workload,
    "click": Clicked,
    "typing": Typing,
    "replay3d": Replay,
    "replay2d": Replay,
    "clickload": ClickedReplay,
}


def run(workload: Workload) -> None:
    """Do as the words on stdin say, until it ends."""
    moving, due = False, 0.0
    inputs = [sys.stdin.fileno(), workload.display.fileno()]
    words = Words()
    while True:
        while workload.display.pending_events():
            workload.react(workload.display.next_event())
        timeout = max(0.0, due - time.time()) if moving else None
        ready, _, _ = select.select(inputs, [], [], timeout)
        for word in words.read() if inputs[0] in ready else ():
            moving, due = word == "go" or (moving and word != "hold"), time.time()
            if word == "hold":
                tell({"number": workload.number, "digest": digest(workload.picture())})
            elif word == "drawn":
                tell({"drawn": list(workload.drawn.items())})
        if moving and time.time() >= due:
            due = max(due + workload.period, time.time() - LATE)
            workload.move()


class Words:
    """Lines of stdin, read without waiting; its end ends the process."""

    def __init__(self) -> None:
        self._rest = b""

    def read(self) -> list[str]:
        """What has come."""
        data = os.read(sys.stdin.fileno(), 4096)
        if not data:
            os._exit(0)
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [line.decode() for line in lines]


def tell(answer: dict[str, Any]) -> None:
    """Write an answer."""
    print(json.dumps(answer), flush=True)


def main(name: str, rate: float, file: Path, first: int) -> None:
    kind = KINDS[name]
    recorded = np.load(file, mmap_mode="r")
    frames = recorded if issubclass(kind, Replay) else recorded[20:21]
    workload = kind(connect(), frames, first, rate)
    while not isinstance(workload.display.next_event(), event.Expose):
        pass
    workload.draw()
    tell({"first": first})
    run(workload)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
