"""Somebody with a mouse, and a program in the upper left corner from which files can be dragged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.daemon import until

if TYPE_CHECKING:
    pass

HERE = Path(__file__).parent
QT = (sys.executable, str(HERE / "drag_qt.py"))
GTK = ("/usr/bin/python3", str(HERE / "drag_gtk.py"))
STEPS = 20
X, Y = 50, 20


class Drag:
    """A drag on its way; `environment` names the display."""

    def __init__(self, environment: dict[str, str], told: Path) -> None:
        self._environment = environment
        self._told = told
        self._place = (X, Y)

    def take(self) -> None:
        """Press the mouse on the files."""
        self.xdotool("mousemove", X, Y, "mousedown", 1)

    def move(self, x: int, y: int) -> None:
        """Go to a place of the screen."""
        self._place = (x, y)
        for step in range(1, STEPS + 1):
            there = (X + (x - X) * step // STEPS, Y + (y - Y) * step // STEPS)
            self.xdotool("mousemove", *there)

    def rest(self) -> None:
        """Stay there, as a hand does: toolkits may leave out the last of many quick moves."""
        x, y = self._place
        self.xdotool("mousemove", max(0, x - 1), y, "mousemove", x, y)

    def accepted(self) -> bool:
        """Whether what is under the pointer would take the files."""
        return self._told.read_text().split()[-1:] == ["accepted"]

    def release(self) -> None:
        """Let go of the files."""
        self.xdotool("mouseup", 1)

    def xdotool(self, *arguments: object) -> None:
        command = ["xdotool", *map(str, arguments)]
        subprocess.run(command, env=self._environment, check=True, timeout=20)


@contextmanager
def shown(
    environment: dict[str, str], folder: Path, *files: Path, source: tuple[str, str] = QT
) -> Iterator[Drag]:
    """Show files that can be dragged, until the end of the block."""
    told = folder / "drag"
    with told.open("wb") as output:
        process = subprocess.Popen([*source, *map(str, files)], env=environment, stdout=output)
    try:
        until(lambda: "shown" in told.read_text(), 20, "a file")
        yield Drag(environment, told)
    finally:
        process.kill()
        process.wait(10)
