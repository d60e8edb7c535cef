"""A script that asks its user before it makes its layers, and has one of a worker later."""

import time
from pathlib import Path

import dask.array
import napari
import numpy as np
from napari.qt.threading import thread_worker
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QMessageBox

viewer = napari.Viewer()
box = QMessageBox()
QTimer.singleShot(2000, box.accept)
box.exec()
viewer.add_image(np.full((64, 64), 100, "u1"), name="img")
viewer.add_image(dask.array.ones((64, 64)), name="computed")
viewer.add_labels(np.zeros((64, 64), int), name="lab")


def add(found: np.ndarray) -> None:
    """Show what was found, and tell that it is shown."""
    viewer.add_labels(found, name="found")
    with Path(__file__).with_name("found.txt").open("a") as file:
        file.write(".")


@thread_worker(connect={"returned": add})
def find() -> np.ndarray:
    """Find something, which takes a while."""
    time.sleep(2)
    return np.ones((64, 64), int)


find()
napari.run()
