"""What the daemon can ask for: one function a method, called in the main thread.

Tested by tests/browser/test_companion.py.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol

from desktopd.integrations.napari import layers, view
from desktopd.integrations.napari.motion.viewer_motion import ViewerMotion
from desktopd.integrations.napari.protocol import Failure, FailureKind
from desktopd.integrations.napari.session.keeper import Keeper


class MethodHost(Protocol):
    """What the methods need of the companion."""

    viewer: Any
    workers: ThreadPoolExecutor
    keeper: Keeper | None
    motion: ViewerMotion


Method = Callable[[MethodHost, dict[str, Any]], Any]


def _open(companion: MethodHost, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Open ``path``, a file, folder or URL, with reader ``plugin`` if given; the layers added.

    A single layer gets the ``name`` that is given. With ``once`` those that were read from there
    before are the answer instead; with ``unasked`` nothing is added to other layers.
    """
    viewer, path = companion.viewer, params["path"]
    if params.get("once") and (found := layers.read_from(viewer, path)):
        return [layers.describe(layer) for layer in found]
    if params.get("unasked") and len(viewer.layers):
        raise Failure(FailureKind.OCCUPIED, f"napari has {len(viewer.layers)} layers already")
    try:
        added = viewer.open(path, plugin=params.get("plugin"))
    except Exception as error:
        raise Failure(FailureKind.READER, _reason(error)) from error
    if params.get("name") and len(added) == 1:
        added[0].name = params["name"]
    return [layers.describe(layer) for layer in added]


def _layer(companion: MethodHost, params: dict[str, Any]) -> dict[str, Any]:
    """Change layer ``name`` as ``values`` say; the layer."""
    return layers.change(companion.viewer, params["name"], params["values"])


def _layers(companion: MethodHost, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Every layer, the lowest first."""
    return layers.describe_all(companion.viewer)


def _camera(companion: MethodHost, params: dict[str, Any]) -> dict[str, Any]:
    """Set what is given of the camera; the camera."""
    return view.set_camera(companion.viewer, params)


def _dims(companion: MethodHost, params: dict[str, Any]) -> dict[str, Any]:
    """Set what is given of the dims; the dims."""
    return view.set_dims(companion.viewer, params)


def _reset(companion: MethodHost, params: dict[str, Any]) -> dict[str, Any]:
    """Show everything anew, with two axes and the data as it is; the camera."""
    viewer = companion.viewer
    viewer.dims.ndisplay = 2
    viewer.dims.order = tuple(range(viewer.dims.ndim))
    viewer.reset_view()
    return view.describe_camera(viewer)


def _motion(companion: MethodHost, params: dict[str, Any]) -> dict[str, Any]:
    """Set the ``mode`` of motion if it is given; the mode and what is shown."""
    if "mode" in params:
        companion.motion.set_mode(params["mode"])
    return companion.motion.state


def _screenshot(companion: MethodHost, params: dict[str, Any]) -> Future[str]:
    """The canvas as PNG, in Base64."""
    picture = view.picture(companion.viewer)
    return companion.workers.submit(lambda: base64.b64encode(view.png(picture)).decode())


def _save(companion: MethodHost, params: dict[str, Any]) -> Future[dict[str, Any]]:
    """Save the session now; when and whether it is saved."""
    assert companion.keeper is not None
    return companion.keeper.save()


METHODS: Mapping[str, Method] = {
    "open": _open,
    "layers": _layers,
    "layer": _layer,
    "camera": _camera,
    "dims": _dims,
    "motion": _motion,
    "reset": _reset,
    "screenshot": _screenshot,
    "save": _save,
}


def _reason(error: BaseException) -> str:
    """The words of an error, and of the one in a reader that it came from."""
    words = str(error) or type(error).__name__
    origin = getattr(error, "original_error", None) or error.__cause__
    if origin is None:
        return words
    return f"{words.splitlines()[0]} {type(origin).__name__}: {_reason(origin)}"
