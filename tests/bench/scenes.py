"""What napari shows: volumes, points, and steps through a noisy stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

if TYPE_CHECKING:
    import napari

SCENES = ("3d", "2d")
"""Those that are recorded."""
SOLID = ("3d", "large", "points")
"""Those that are seen in three dimensions."""
POINTS = 20_000
FRAMES = 60
DEGREES = 3.0  # that the volume turns with each frame

Stack: TypeAlias = NDArray[np.float32]


def specimen(shape: tuple[int, int, int], cells: int, seed: int) -> Stack:
    """Blurred cells with a texture, in counts of photons: shot noise and a camera's read noise."""
    random = np.random.default_rng(seed)
    centres = np.zeros(shape, np.float32)
    places = tuple(random.integers(side // 16, side - side // 16, cells) for side in shape)
    centres[places] = random.uniform(0.5, 1.5, cells)
    bodies = ndimage.gaussian_filter(centres, (2.5, 5, 5))
    texture = ndimage.gaussian_filter(random.standard_normal(shape, np.float32), 1.2)
    texture = np.clip(0.8 + 0.35 * texture / texture.std(), 0, None)
    photons = random.poisson(20 + 700 * bodies / bodies.max() * texture)
    noisy: Stack = np.clip(photons + random.normal(0, 4, shape), 0, None).astype(np.float32)
    return noisy


def show(scene: str, width: int, height: int) -> napari.Viewer:
    """A viewer with the scene in a window without a frame, in the corner of the screen."""
    import napari
    from qtpy.QtCore import Qt

    viewer = napari.Viewer(title="bench", show=False)
    if scene == "3d":
        _add_channels(viewer)
    elif scene == "large":
        large = np.kron(specimen((64, 128, 128), cells=140, seed=3), np.ones((4, 4, 4)))
        viewer.add_image(large.astype(np.uint16), rendering="mip", contrast_limits=(30, 700))
        viewer.dims.ndisplay = 3
    elif scene == "points":
        places = np.random.default_rng(1).random((POINTS, 3)) * 500
        viewer.add_points(places, size=4)
        viewer.dims.ndisplay = 3
    else:
        stack = specimen((FRAMES, 512, 512), cells=1500, seed=5)
        viewer.add_image(stack, name="stack", colormap="gray", contrast_limits=(0, 160))
    window = viewer.window._qt_window
    window.setWindowFlag(Qt.WindowType.FramelessWindowHint)
    window.setGeometry(0, 0, width, height)
    window.show()
    return viewer


def _add_channels(viewer: napari.Viewer) -> None:
    nuclei = specimen((64, 160, 160), cells=140, seed=3)
    membranes = np.roll(nuclei, (7, 23, 31), (0, 1, 2))
    options = {"rendering": "mip", "scale": (1.5, 1, 1), "blending": "additive"}
    viewer.add_image(nuclei, colormap="green", contrast_limits=(30, 700), **options)
    viewer.add_image(membranes, colormap="magenta", contrast_limits=(60, 900), **options)
    viewer.dims.ndisplay = 3


def centre(viewer: napari.Viewer, scene: str) -> None:
    """Fill the canvas, whose size must be final, with the scene."""
    viewer.reset_view()
    if scene in SOLID:
        _camera(viewer).zoom *= 1.3


def step(viewer: napari.Viewer, scene: str, frame: int) -> None:
    """Go to a frame of the scene."""
    if scene == "3d":
        _camera(viewer).angles = (frame / 2, DEGREES * frame - 90, 60)
    else:
        viewer.dims.set_point(0, frame % FRAMES)


def _camera(viewer: napari.Viewer) -> Any:
    """The camera, which napari 0.9 has moved from the viewer to its scene."""
    return getattr(viewer, "scene", viewer).camera
