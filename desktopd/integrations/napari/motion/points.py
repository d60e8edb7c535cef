"""Points as OpenGL's own points, for pictures that are coarse anyway.

napari draws each point as an instance of a quadrilateral, which Mesa without a GPU takes one by
one. Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

MOST = 10_000
"""Points that are drawn: of more, every 2nd or nth."""
SHARED = (
    *("scaling", "spherical", "alpha", "canvas_size_limits"),
    *("light_color", "light_position", "light_ambient"),
)
"""What a stand-in takes from the markers of napari at each drawing, where it is another one."""


def has_points(visual: Any) -> bool:
    """Whether it is a layer of points, drawn as instances."""
    return getattr(getattr(visual, "points_markers", None), "_method", "") == "instanced"


class PlainPoints:
    """The stand-ins of the layers of points; to be drawn with the context of the canvas current."""

    def __init__(self) -> None:
        self._stand_ins: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    @contextmanager
    def drawn(self, visual: Any, divisor: int) -> Iterator[None]:
        """Have the points of `visual` drawn so, into one pixel for `divisor` x `divisor`."""
        markers = visual.points_markers
        stand_in = self._stand_ins.get(visual)
        if stand_in is None:
            stand_in = self._stand_ins[visual] = _stand_in(visual)
        _follow(stand_in, markers, divisor)
        markers.draw = stand_in.draw
        try:
            yield
        finally:
            del markers.draw


def _stand_in(visual: Any) -> Any:
    """Markers that are no part of the scene, with the transforms and filters of `visual`."""
    stand_in = type(visual.points_markers)(method="points")
    stand_in.unfreeze()
    stand_in.shown = None
    stand_in.transforms = visual.transforms
    stand_in._prepare_transforms(stand_in)
    stand_in.attach(visual._opacity_filter)
    stand_in.attach(visual._clip_filter)
    return stand_in


def _follow(stand_in: Any, markers: Any, divisor: int) -> None:
    if stand_in.shown is not markers._data:
        _share_data(stand_in, markers)
    scaling = stand_in.scaling
    for name in SHARED:
        wanted = getattr(markers, name)
        if getattr(stand_in, name) is not wanted:
            setattr(stand_in, name, wanted)
    if stand_in.scaling != scaling:
        stand_in._prepare_transforms(stand_in)
    antialias = markers.antialias / divisor
    if stand_in.antialias != antialias:
        stand_in.antialias = antialias
    stand_in._vshare.gl_state = markers._vshare.gl_state
    stand_in.visible = markers.visible


def _share_data(stand_in: Any, markers: Any) -> None:
    stand_in.shown = markers._data
    data = stand_in._data = None if markers._data is None else _thinned(markers._data)
    if data is not None:
        stand_in._vbo.set_data(data)
        for name in data.dtype.names:
            stand_in.shared_program[name] = stand_in._vbo[name]


def _thinned(data: Any) -> Any:
    return np.ascontiguousarray(data[:: -(-len(data) // MOST)])
