"""napari with Labels that are painted on, which tells in lines of JSON what a hand does to them.

    python labels.py FILE napari        (its last word tells desktopd what it is)

Each line has `mode`, `painted` (how many pixels there are now), `zoom` or `centre`.
"""

import json
import sys
from pathlib import Path

import napari
import numpy as np
from qtpy.QtCore import QTimer

SIDE = 256


def tell(**facts: object) -> None:
    with Path(sys.argv[1]).open("a") as file:
        file.write(f"{json.dumps(facts)}\n")


def main() -> None:
    viewer = napari.Viewer()
    layer = viewer.add_labels(np.zeros((SIDE, SIDE), np.uint8), name="cells")
    layer.brush_size = 10
    layer.mode = "paint"
    layer.events.mode.connect(lambda event: tell(mode=str(layer.mode)))
    painted = 0

    def look() -> None:
        nonlocal painted
        before, painted = painted, int(np.count_nonzero(layer.data))
        if painted != before:
            tell(painted=painted)

    # napari tells of what was painted, and not of what was undone.
    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(50)
    camera = viewer.scene.camera if hasattr(viewer, "scene") else viewer.camera
    camera.events.zoom.connect(lambda event: tell(zoom=round(float(camera.zoom), 6)))
    camera.events.center.connect(lambda event: tell(centre=[round(v, 3) for v in camera.center]))
    tell(mode=str(layer.mode))
    napari.run()


if __name__ == "__main__":
    main()
