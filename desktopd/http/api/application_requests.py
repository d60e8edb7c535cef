"""The bodies of requests to ``/api/app``: names, types and ranges.

Tested by tests/unit/http/api/test_application.py.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Number = Annotated[float, Field(allow_inf_nan=False)]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Address = Annotated[str, Field(min_length=1, max_length=4096)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Open(_Body):
    """What to open, a path on the machine of the desktop or a URL, and how: as OpenOptions."""

    path: Address | None = None
    url: Address | None = None
    plugin: Word | None = None
    name: Word | None = None
    once: bool = False
    unasked: bool = False

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.path is None) == (self.url is None):
            raise ValueError("expected either path or url")
        return self


class Camera(_Body):
    """`center` in world coordinates, `zoom` in canvas pixels a world pixel, `angles` in degrees."""

    center: tuple[Number, Number, Number] | tuple[Number, Number] | None = None
    zoom: Annotated[Number, Field(gt=0)] = 1.0
    angles: tuple[Number, Number, Number] = (0.0, 0.0, 0.0)
    perspective: Annotated[Number, Field(ge=0, lt=180)] = 0.0


class Dims(_Body):
    """How many axes are displayed, in which order, and where the sliders of the others stand."""

    ndisplay: Literal[2, 3] = 2
    order: Annotated[tuple[int, ...], Field(max_length=32)] = ()
    point: Annotated[tuple[Number, ...], Field(max_length=32)] = ()
    current_step: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(max_length=32)] = ()


class MotionMode(_Body):
    """How a scene is drawn that is too slow to move."""

    mode: Literal["smooth", "exact"]


class LayerChange(_Body):
    """What can be changed of a layer; `active` selects it alone."""

    name: Word = ""
    visible: bool = True
    opacity: Annotated[float, Field(ge=0, le=1)] = 1.0
    contrast_limits: tuple[Number, Number] = (0.0, 1.0)
    colormap: Word = ""
    gamma: Annotated[Number, Field(gt=0)] = 1.0
    blending: Word = ""
    active: Literal[True] = True
