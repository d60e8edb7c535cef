"""How the viewer looks at its data: camera, dims, and a picture of the canvas.

Tested by tests/browser/test_companion.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from qtpy.QtCore import QBuffer, QByteArray, QIODevice
from qtpy.QtGui import QImage

from desktopd.integrations.napari.protocol import Failure, FailureKind, told

CAMERA = ("center", "zoom", "angles", "perspective")
DIMS = ("ndisplay", "order", "point")
GRID = ("enabled", "stride", "shape", "spacing")


def camera_of(viewer: Any) -> Any:
    """The camera, which napari 0.9 has moved."""
    scene = getattr(viewer, "scene", None)
    return viewer.camera if scene is None else scene.camera


def grid_of(viewer: Any) -> Any:
    """The grid in which layers may stand side by side, which napari 0.9 has moved."""
    return getattr(viewer, "canvas", viewer).grid


def describe_camera(viewer: Any) -> dict[str, Any]:
    """`center` in world coordinates, `zoom` in canvas pixels a world pixel, `angles` in degrees."""
    camera = camera_of(viewer)
    return {name: _plain(getattr(camera, name)) for name in CAMERA}


def is_somewhere(camera: Mapping[str, Any]) -> bool:
    """Whether it is that of a view which can be drawn."""
    values = (*camera["center"], camera["zoom"], *camera["angles"])
    return all(map(math.isfinite, values)) and camera["zoom"] > 0


def describe_dims(viewer: Any) -> dict[str, Any]:
    """Axes: how many there are and are displayed, where the sliders stand, what they range over."""
    dims = viewer.dims
    return {
        "ndim": dims.ndim,
        "ndisplay": dims.ndisplay,
        "order": list(dims.order),
        "current_step": [int(step) for step in dims.current_step],
        "nsteps": [int(count) for count in dims.nsteps],
        "point": [float(value) for value in dims.point],
        "axis_labels": [told(label) for label in dims.axis_labels],
    }


def set_camera(viewer: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Set what `values` names of the camera; returns all of it."""
    camera = camera_of(viewer)
    for name in CAMERA:
        if name in values:
            _set(camera, name, values[name])
    return describe_camera(viewer)


def set_dims(viewer: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Set what `values` names of ndisplay, order, point, current_step; returns all of it."""
    for name in DIMS:
        if name in values:
            _set(viewer.dims, name, values[name])
    if "current_step" in values:
        steps = list(values["current_step"])
        if len(steps) > viewer.dims.ndim:
            raise Failure(FailureKind.VALUE, f"current_step: there are {viewer.dims.ndim} axes")
        for axis, step in enumerate(steps):
            viewer.dims.set_current_step(axis, step)
    return describe_dims(viewer)


def picture(viewer: Any) -> QImage:
    """The canvas as it is now."""
    pixels = viewer.screenshot(canvas_only=True, flash=False)
    height, width, _ = pixels.shape
    data = pixels.tobytes()
    return QImage(data, width, height, width * 4, QImage.Format.Format_RGBA8888).copy()


def png(image: QImage) -> bytes:
    """`image` as PNG. To be called in any thread."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(content.data())


def _set(model: Any, name: str, value: Any) -> None:
    try:
        setattr(model, name, value)
    except (ValueError, TypeError, IndexError) as error:
        raise Failure(FailureKind.VALUE, f"{name}={value!r}: {error}") from None


def _plain(value: Any) -> Any:
    return [float(part) for part in value] if isinstance(value, tuple) else float(value)
