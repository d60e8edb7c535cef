"""Makes layers, with as much of what is set of them as this napari takes.

Tested by tests/unit/integrations/napari/session/test_restore.py.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import Flag
from functools import partial
from typing import Any

from desktopd.integrations.napari.session.attempt import attempt, attempt_each
from desktopd.integrations.napari.session.colouring import restore_colouring
from desktopd.integrations.napari.session.overlays import restore_overlays

CONSTRUCTED = frozenset({"metadata", "rgb", "multiscale", "ndim"})
"""What a layer gets as it is made, and keeps."""
FIXED = ("rgb", "multiscale")
"""What no layer becomes."""
SHAPING = CONSTRUCTED | {"name", "shape_type", "property_choices"}
"""Without these the same data could make another layer; all else can be set afterwards."""
PUT = CONSTRUCTED | {"shape_type"}
"""What a layer gets with its data, or has."""
PLAIN = (type(None), bool, int, float, set)

log = logging.getLogger(__name__)


def make(data: Any, state: Mapping[str, Any], kind: str) -> tuple[Any, list[str]]:
    """A layer of type `kind`, and the names of what stays unset.

    What a layer tells of itself is not always what one can be made with: it is then made with less,
    and gets the rest one by one. Raises what napari does where it makes none of data and name.
    """
    from napari.layers import Layer

    attempts = [dict(state), _only(state, SHAPING), _only(state, {"name"})]
    for taken in attempts:
        try:
            layer = Layer.create(data, taken, kind)
        except Exception as error:
            if taken is attempts[-1]:
                raise
            log.info("desktopd: %r is made with less: %s", state.get("name"), error)
        else:
            return layer, apply(layer, {k: v for k, v in state.items() if k not in taken})
    raise AssertionError


def put(layer: Any, data: Any, like: Any) -> None:
    """Have `layer`, which a script may hold, be of the data that `like` was made of.

    Raises ValueError or what napari does where it does not become such a one.
    """
    if any(getattr(layer, name, None) != getattr(like, name, None) for name in FIXED):
        raise ValueError(f"it is another in {' or '.join(FIXED)}")
    layer.data = (data, like.shape_type) if hasattr(like, "shape_type") else data
    if layer.ndim != like.ndim:
        raise ValueError(f"it is of {layer.ndim} dimensions, not {like.ndim}")
    if hasattr(layer, "_reset_history"):
        # Strokes that are undone would put back what was there before them.
        layer._reset_history()


def dress(
    layer: Any, state: Mapping[str, Any], besides: Mapping[str, Any], record: Mapping[str, Any]
) -> list[str]:
    """Set all that a `record` tells beside data; gives the names of what stays unset.

    `state` and `besides` are decoded, and without what is set already.
    """
    unset = []
    if hasattr(layer, "selected_data"):
        # What is current would be set of all that is selected.
        unset += attempt("selected_data", partial(setattr, layer, "selected_data", set()))
    unset += attempt("state", lambda: set_state(layer, state))
    unset += attempt("colours", lambda: restore_colouring(layer, record.get("colouring")))
    unset += attempt("settings", lambda: apply(layer, besides))
    unset += attempt("overlays", lambda: restore_overlays(layer, record.get("overlays", {})))
    return unset


def set_state(layer: Any, state: Mapping[str, Any]) -> list[str]:
    """Set what `make` would, of a layer that is there; gives the names of what stays unset."""
    # Others name one of the features.
    first = {"features": state["features"]} if "features" in state else {}
    others = {name: value for name, value in state.items() if name not in PUT}
    unset = apply(layer, first | others)
    if isinstance(metadata := state.get("metadata"), dict):
        # What a reader or a script has put there may be more than can be kept.
        layer.metadata.update(metadata)
    return unset


def apply(layer: Any, state: Mapping[str, Any]) -> list[str]:
    """Set attributes; those that this napari does not take stay as they are, and are named."""
    return attempt_each(state, partial(_set, layer))


def _set(layer: Any, name: str, value: Any) -> None:
    if hasattr(type(layer), name) and not _is_so(getattr(layer, name), value):
        setattr(layer, name, _as(getattr(layer, name), value))


def _only(state: Mapping[str, Any], names: frozenset[str] | set[str]) -> dict[str, Any]:
    return {name: value for name, value in state.items() if name in names}


def _is_so(now: Any, value: Any) -> bool:
    """Whether a choice by name, or a plain value, is set already.

    To make a choice again is no change, and yet a control that two choices share (as
    interpolation2d and interpolation3d do) would then show the other one; and a layer may refuse
    what it has, such as a level of data where there is one.
    """
    if isinstance(value, str):
        return str(now) == value
    return type(now) is type(value) and isinstance(value, PLAIN) and now == value


def _as(now: Any, value: Any) -> Any:
    """A value that is saved as a number, as that which is there now."""
    return type(now)(value) if isinstance(now, Flag) and isinstance(value, int) else value
