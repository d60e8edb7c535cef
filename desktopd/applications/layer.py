"""What the daemon knows of one layer of napari.

Tested by tests/unit/applications/test_companion.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: `shape` and `scale` are those of its data, in the order of its axes.

    `type` is such as ``image`` or ``labels``; `path` the file or URL that it was read from.
    """

    name: str
    type: str
    shape: tuple[int, ...]
    dtype: str | None
    scale: tuple[float, ...]
    visible: bool
    opacity: float
    contrast_limits: tuple[float, float] | None
    colormap: str | None
    path: str | None
    active: bool = False

    @classmethod
    def parse(cls, value: Mapping[str, Any]) -> Layer:
        """A layer as the companion describes it; KeyError or TypeError where it is none."""
        limits = value["contrast_limits"]
        return cls(
            name=value["name"],
            type=value["type"],
            shape=tuple(value["shape"]),
            dtype=value["dtype"],
            scale=tuple(value["scale"]),
            visible=value["visible"],
            opacity=value["opacity"],
            contrast_limits=None if limits is None else (limits[0], limits[1]),
            colormap=value["colormap"],
            path=value["path"],
            active=value.get("active", False),
        )
