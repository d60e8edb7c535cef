"""What the daemon knows of one layer of napari.

Tested by tests/unit/applications/test_companion.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: `shape` and `scale` are those of its data, in the order of its axes.

    `type` is such as ``image`` or ``labels``; `path` the file or URL that it was read from.
    """

    name: str
    type: str
    shape: tuple[int, ...]
    dtype: str | None
    scale: tuple[float | None, ...]
    visible: bool
    opacity: float
    contrast_limits: tuple[float | None, float | None] | None
    colormap: str | None
    path: str | None
    active: bool = False
    # JSON for browsers has no infinite numbers: those that a layer has are None.
    __pydantic_config__: ClassVar = ConfigDict(allow_inf_nan=False)

    @classmethod
    def parse(cls, value: Any) -> Layer:
        """A layer as the companion describes it; ValueError where it is none."""
        return _layers().validate_python(value)


@cache
def _layers() -> TypeAdapter[Layer]:
    return TypeAdapter(Layer)
