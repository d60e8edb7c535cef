"""What the scenes of motion_scenes hold: how many dimensions are shown, and what builds them."""

from collections.abc import Callable
from typing import Any

import numpy as np

random = np.random.default_rng(3)
VOLUME = random.normal(100, 20, (24, 40, 48)).astype(np.float32)
VOLUME[8:16, 10:30, 12:36] += 120
WHOLE_NUMBERS = VOLUME.astype(np.uint16)
LABELS = (VOLUME > 150).astype(np.uint8) * np.arange(1, 49, dtype=np.uint8)


def image(**options: Any) -> Callable[[Any], None]:
    return lambda viewer: viewer.add_image(VOLUME, colormap="green", **options)


def counts(viewer: Any) -> None:
    """Volumes of uint16 whose limits and threshold were changed after they were shown."""
    below = viewer.add_image(WHOLE_NUMBERS, colormap="green", rendering="iso", iso_threshold=150)
    above = viewer.add_image(WHOLE_NUMBERS[::-1], rendering="attenuated_mip", blending="additive")
    below.iso_threshold, above.contrast_limits = 170, (40, 190)
    above.data = WHOLE_NUMBERS[:, ::-1]


def mixture(viewer: Any) -> None:
    """Two volumes, points, shapes and a surface, of which one covers another."""
    viewer.add_image(VOLUME, colormap="green", rendering="mip")
    viewer.add_image(VOLUME[::-1], colormap="magenta", rendering="minip", blending="additive")
    viewer.add_points(random.random((400, 3)) * (24, 40, 48), size=2)
    viewer.add_shapes([[[12, 5, 5], [12, 5, 40], [12, 30, 40]]], shape_type="path", edge_width=1)
    vertices = random.random((30, 3)) * (24, 40, 48)
    viewer.add_surface((vertices, np.arange(30).reshape(-1, 3), np.linspace(0, 1, 30)))
    viewer.scene.overlays.axes.visible = True


def points(viewer: Any) -> None:
    """More of several symbols than are drawn in motion, half seen through, cut by a plane."""
    places = np.repeat(random.random((400, 3)) * (24, 40, 48), 30, axis=0)
    symbols = np.resize(["disc", "square", "star"], len(places))
    cut = {"position": (12, 20, 24), "normal": (1, 0, 0)}
    viewer.add_points(
        places, size=3, symbol=symbols, opacity=0.5, experimental_clipping_planes=[cut]
    )


def meshes(viewer: Any) -> None:
    """More triangles and lines than are drawn at once."""
    corners = random.random((2000, 1, 3)) * (24, 40, 48) + random.random((2000, 3, 3)) * 2
    faces = np.arange(6000).reshape(-1, 3)
    viewer.add_surface((corners.reshape(-1, 3), faces, np.linspace(0, 1, 6000)), opacity=0.6)
    starts = random.random((1500, 1, 3)) * (24, 40, 48)
    viewer.add_vectors(np.concatenate([starts, random.random((1500, 1, 3)) * 4 - 2], 1))
    times = np.tile(np.arange(40), 60)
    walks = np.add(random.normal(0, 1, (60, 40, 3)).cumsum(1).reshape(-1, 3), (12, 20, 24))
    viewer.add_tracks(np.column_stack([np.repeat(np.arange(60), 40), times, walks]))


def grid(viewer: Any) -> None:
    mixture(viewer)
    viewer.canvas.grid.enabled = True


SCENES: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "iso": (3, image(rendering="iso", iso_threshold=150)),
    "additive": (3, image(rendering="additive", interpolation3d="nearest")),
    "counts": (3, counts),
    "plane": (3, image(depiction="plane", plane={"position": (12, 20, 24), "thickness": 4})),
    "labels": (3, lambda viewer: viewer.add_labels(LABELS)),
    "points": (3, points),
    "mixture": (3, mixture),
    "meshes": (3, meshes),
    "grid": (3, grid),
    "flat": (2, mixture),
    "stack": (2, image()),
}
