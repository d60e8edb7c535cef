"""Colours of points, shapes and vectors that follow one of their features.

Tested by tests/unit/integrations/napari/session/test_settable.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from desktopd.integrations.napari.session.attempt import attempt
from desktopd.integrations.napari.session.each import each_told

COLOURS = ("face", "border", "edge")
NEAR = 1e-3
"""Parts of colours that differ by less are the same."""


def describe_colouring(layer: Any) -> dict[str, Any]:
    """The mode and the feature of each kind of colours that follows one, or Untold."""
    told = each_told({part: partial(_describe, layer, part) for part in COLOURS})
    return {part: how for part, how in told.items() if how is not None}


def _describe(layer: Any, part: str) -> list[str] | None:
    mode = getattr(layer, f"{part}_color_mode", None)
    return [str(mode), _feature(layer, part)] if mode and str(mode) != "direct" else None


def restore_colouring(layer: Any, values: Any) -> Iterator[str]:
    """Have colours follow their features again; gives the names of those that do not.

    The colours stay what they are: where they would be others, they follow nothing.
    """
    for part, how in values.items() if isinstance(values, Mapping) else ():
        if part in COLOURS:
            yield from attempt(f"{part}_color_mode", partial(_restore, layer, part, how))


def _restore(layer: Any, part: str, how: Any) -> None:
    """Raise where colours do not follow, and have them be what they are."""
    name = f"{part}_color"
    colours = np.array(getattr(layer, name))
    try:
        _follow(layer, part, *how)
        if not np.allclose(getattr(layer, name), colours, atol=NEAR):
            raise ValueError("the feature gives other colours")
    except Exception:
        setattr(layer, name, colours)
        raise


def _follow(layer: Any, part: str, mode: str, feature: str) -> None:
    limits = getattr(layer, f"{part}_contrast_limits")
    if feature not in layer.features:
        raise ValueError(f"there is no feature {feature!r}")
    setattr(layer, f"{part}_color", feature)
    setattr(layer, f"{part}_color_mode", mode)
    if mode == "colormap" and limits is not None:
        setattr(layer, f"{part}_contrast_limits", limits)


def _feature(layer: Any, part: str) -> str:
    followed = getattr(getattr(layer, f"_{part}", None), "color_properties", None)
    return str(followed.name if followed else getattr(layer, f"_{part}_color_property", ""))
