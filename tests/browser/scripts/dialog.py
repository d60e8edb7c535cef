"""A script that asks its user before it makes its layers."""

import dask.array
import napari
import numpy as np
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QMessageBox

viewer = napari.Viewer()
box = QMessageBox()
QTimer.singleShot(2000, box.accept)
box.exec()
viewer.add_image(np.full((64, 64), 100, "u1"), name="img")
viewer.add_image(dask.array.ones((64, 64)), name="computed")
viewer.add_labels(np.zeros((64, 64), int), name="lab")
napari.run()
