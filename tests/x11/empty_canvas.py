"""napari whose canvas has no room for a while, and a session of one that was nowhere.

``python -m tests.x11.empty_canvas`` prints what became of the camera, as JSON.
"""

import json
import os
import time
from typing import Any

os.environ["NAPARI_CONFIG"] = ""
import napari
import numpy as np
from napari._qt.utils import QImg2array
from qtpy.QtWidgets import QApplication

from desktopd.integrations.napari import raster_canvas
from desktopd.integrations.napari.session.viewed import capture_view, restore_view

EMPTY = ((0, 200), (200, 0), (0, 0))
TURNS = 40


def turn() -> None:
    for _ in range(TURNS):
        QApplication.processEvents()
        time.sleep(0.002)


def resize(viewer: Any, width: int, height: int) -> None:
    viewer.window._qt_viewer.canvas.native.setFixedSize(width, height)
    turn()


def view(viewer: Any) -> dict[str, Any]:
    """The camera, and how many colours are seen."""
    native = viewer.window._qt_viewer.canvas.native
    native.update()
    turn()
    camera = capture_view(viewer)["camera"]
    return {**camera, "colours": len(np.unique(QImg2array(native.grab().toImage())[..., 0]))}


def squeezed(viewer: Any, size: tuple[int, int]) -> dict[str, Any]:
    """The view after layers came, the camera moved and axes turned without room."""
    viewer.layers.clear()
    resize(viewer, 300, 200)
    resize(viewer, *size)
    viewer.add_image(np.random.default_rng(1).integers(0, 255, (8, 64, 64), np.uint8))
    viewer.scene.camera.zoom *= 2
    for ndisplay in (3, 2):
        viewer.dims.ndisplay = ndisplay
        turn()
    resize(viewer, 300, 200)
    return view(viewer)


def restored(viewer: Any) -> dict[str, Any]:
    saved = capture_view(viewer)
    saved["camera"] |= {"center": [0.0, float("nan"), float("nan")], "zoom": 0.0}
    restore_view(viewer, saved, {})
    return view(viewer)


def main() -> None:
    raster_canvas.install()
    viewer = napari.Viewer()
    turn()
    found = {str(size): squeezed(viewer, size) for size in EMPTY}
    print(json.dumps({**found, "restored": restored(viewer)}))


if __name__ == "__main__":
    main()
