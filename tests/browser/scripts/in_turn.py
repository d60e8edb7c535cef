"""A script that shows an image after the other, each until its window is closed."""

import napari
import numpy as np

for number in (1, 2):
    viewer = napari.Viewer()
    shown = np.full((64, 64), number, "u1")
    viewer.add_image(shown, name="img", contrast_limits=(0, number))
    viewer.add_labels(np.zeros((64, 64), int), name="lab")
    napari.run()
