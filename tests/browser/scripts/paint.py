"""Run by napari, which opens it: one layer of each kind, edited and saved nowhere."""

import numpy as np
from napari import current_viewer
from napari.utils.colormaps import DirectLabelColormap

SQUARE = np.array([[0, 0], [0, 90], [90, 90], [90, 0]])
random = np.random.default_rng(5)
viewer = current_viewer()

cells = viewer.layers["cells"]
cells.colormap, cells.contrast_limits, cells.gamma = "magma", (3, 77), 0.7
cells.scale = (2, 1, 1)

paint = viewer.add_labels(np.zeros((3, 128, 128), np.uint16), name="paint", scale=(2, 1, 1))
paint.brush_size, paint.selected_label, paint.opacity = 33, 5, 0.4
paint.paint((1, 60, 60), 7)
viewer.add_labels(
    np.eye(50, dtype=np.uint8),
    name="direct",
    visible=False,
    colormap=DirectLabelColormap(color_dict={1: "red", 2: "blue", None: "green"}),
)
viewer.add_points(
    random.random((100, 3)) * 50,
    name="points",
    size=np.arange(1, 101),
    features={"area": np.arange(100), "kind": ["x", "y"] * 50},
    face_color="area",
    symbol="star",
    text="kind",
)
shapes = viewer.add_shapes([SQUARE, SQUARE + 10], name="shapes", edge_width=4, face_color="green")
shapes.add_lines(np.array([[1, 1], [200, 100]]))
shapes.add_polygons(np.array([[10, 10], [200, 30], [220, 220.0]]))
shapes.add_ellipses(SQUARE + 60)
viewer.add_points(name="no points", ndim=3)
viewer.add_shapes(name="no shapes")
viewer.add_image(random.integers(0, 255, (64, 64), np.uint8), name="image", metadata={"a": (1,)})
viewer.add_image(random.random((64, 64, 3)), name="colours", rgb=True)
viewer.add_image([random.random((64, 64)), random.random((32, 32))], name="levels", multiscale=True)
viewer.add_vectors(random.random((10, 2, 2)) * 50, name="vectors")
viewer.add_surface((random.random((4, 3)) * 50, np.array([[0, 1, 2], [1, 2, 3]])), name="surface")
viewer.add_tracks(
    np.array([[0, 0, 1, 1], [0, 1, 2, 2], [1, 0, 5, 5], [1, 1, 6, 6.0]]),
    name="tracks",
    features={"quality": np.arange(4)},
)

viewer.layers.move(0, 3)
viewer.dims.ndisplay = 3
viewer.dims.set_point(0, 2)
viewer.scene.camera.angles = (10, 20, 30)
viewer.scene.camera.zoom = 2.5
viewer.layers.selection.active = paint
