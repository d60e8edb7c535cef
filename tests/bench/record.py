"""Frames of the scenes as napari draws them, recorded once and kept.

python -m tests.bench.record SCENE SIZE FILE     (on the display of the environment)
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from desktopd.geometry import Size
from desktopd.x11.screen.screenshot import read_pixels
from desktopd.x11.xlib_patches import Display
from tests.bench import scenes
from tests.bench.screen import connect
from tests.daemon import ROOT
from tests.x11.conftest import running

WITHIN = 900.0  # seconds for a scene, on a slow machine
WITHIN_A_FRAME = 60.0
_SAME = 3  # pictures in a row for the screen to count as still

Frames = NDArray[np.uint8]


def recorded(scene: str, size: Size, cache: Path) -> Path:
    """The file with the frames of a scene, made if need be: number, height, width, BGRX."""
    file = cache / "frames" / f"{scene}-{size}.npy"
    if not file.exists():
        print(f"recording {scenes.FRAMES} frames of napari, {scene} at {size}", file=sys.stderr)
        file.parent.mkdir(parents=True, exist_ok=True)
        with running("xvfb", size) as server, tempfile.TemporaryDirectory(dir=file.parent) as part:
            unfinished = Path(part) / file.name
            subprocess.run(
                [sys.executable, "-m", "tests.bench.record", scene, str(size), str(unfinished)],
                env=environment(server.environment, Path(part)),
                cwd=ROOT,
                check=True,
                timeout=WITHIN,
            )
            unfinished.rename(file)
    return file


def environment(display: dict[str, str], folder: Path) -> dict[str, str]:
    """Variables for a napari that knows nothing of the user's own."""
    return {**display, "QT_QPA_PLATFORM": "xcb", "NAPARI_CONFIG": str(folder / "napari.yaml")}


def main(scene: str, size: Size, file: Path) -> None:
    from qtpy.QtWidgets import QApplication

    blank = _picture(display := connect(), size)
    events = QApplication.processEvents
    viewer = scenes.show(scene, size.width, size.height)
    last = _until_still(display, size, events, unlike=blank)
    scenes.centre(viewer, scene)
    shape = (scenes.FRAMES, size.height, size.width, 4)
    frames = open_memmap(file, mode="w+", dtype=np.uint8, shape=shape)
    for number in range(scenes.FRAMES):
        scenes.step(viewer, scene, number)
        last = frames[number] = _until_still(display, size, events, unlike=last)
    frames.flush()
    changed = [int((a != b).any(-1).sum()) for a, b in pairwise(frames)]
    if min(changed) < size.width * size.height // 20:
        sys.exit(f"napari's {scene} hardly moves: {min(changed)} pixels changed in one step")
    # Qt and OpenGL need not take leave of each other.
    os._exit(0)


def _until_still(
    display: Display, size: Size, events: Callable[[], object], unlike: Frames
) -> Frames:
    """The screen once it has changed and then stopped changing."""
    deadline = time.monotonic() + WITHIN_A_FRAME
    same, last = 0, unlike
    while same < _SAME:
        if time.monotonic() > deadline:
            sys.exit(f"napari did not draw a still frame in {WITHIN_A_FRAME:g} s")
        for _ in range(5):
            events()
            time.sleep(0.01)
        previous, last = last, _picture(display, size)
        same = same + 1 if np.array_equal(previous, last) and (last != unlike).any() else 0
    return last


def _picture(display: Display, size: Size) -> Frames:
    pixels = read_pixels(display, 0, 0, size)
    return np.frombuffer(pixels, np.uint8).reshape(size.height, size.width, 4)


if __name__ == "__main__":
    main(sys.argv[1], Size.parse(sys.argv[2]), Path(sys.argv[3]))
