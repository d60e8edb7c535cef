"""What is to be saved of a layer, taken in the main thread and quickly.

Arrays are referred to, not copied: whoever writes them may see a stroke half done, and will be
told to write them again.

Tested by tests/browser/test_companion_session.py.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from desktopd.integrations.napari import layers
from desktopd.integrations.napari.session.blocks import is_array
from desktopd.integrations.napari.session.colouring import describe_colouring
from desktopd.integrations.napari.session.made import Made, made_of
from desktopd.integrations.napari.session.overlays import describe_overlays
from desktopd.integrations.napari.session.own_file import is_filed
from desktopd.integrations.napari.session.parts import parts_of
from desktopd.integrations.napari.session.reading import source_of
from desktopd.integrations.napari.session.settable import describe_besides

EDITABLE = frozenset({"labels", "points", "shapes"})
LARGEST_COPY = 64 << 20
"""Bytes of a layer that nobody edits and no file holds, up to which it is saved."""
LARGEST_COMPUTED = 2 << 30
"""Bytes of a layer that is edited, and computed or read as it is shown, up to which it is saved."""
OPENED_BY_NOBODY = "its data lies in a file of its own, which no command and no reader opens"


@dataclass(frozen=True)
class Captured:
    """A layer at one moment: where to read it again, or its data, or why neither can be had."""

    name: str
    kind: str
    shape: list[int]
    source: Mapping[str, Any] | None
    data: Any
    state: Mapping[str, Any]
    besides: Mapping[str, Any]
    lost: str | None
    overlays: Mapping[str, Any]
    made: Made | None = None
    filed: bool = False
    """Whether all of its data lies in files of its own."""
    colouring: Mapping[str, Any] = field(default_factory=dict)
    failed: bool = False
    """Whether an exception, which may pass, is why its data cannot be had."""


def capture(layer: Any, *, replaced: bool) -> Captured:
    """`layer` now; `replaced`: its data is another than when it was read or made."""
    data, state, _ = layer.as_layer_data_tuple()
    if getattr(layer, "multiscale", False):
        data = list(data)
    kind, source, made = layers.kind(layer), source_of(layer), made_of(layer)
    if made is not None:
        made = replace(made, replaced=replaced or made.replaced is not False)
        replaced = bool(made.replaced)
    filed = is_filed(data)
    lost = None
    if source is not None and not (replaced or (kind in EDITABLE and _in_memory(data))):
        data = None
    elif why := _beyond(data, kind, filed=filed):
        comes_again = filed and made is not None and not replaced
        lost = None if comes_again else OPENED_BY_NOBODY if filed else why
        data = None
    else:
        data = _held(data)
    return Captured(
        layer.name,
        kind,
        layers.shape(layer),
        source,
        data,
        state,
        describe_besides(layer, state),
        lost,
        describe_overlays(layer),
        made=made,
        filed=filed,
        colouring=describe_colouring(layer),
    )


def capture_nothing(
    name: str,
    kind: str,
    why: str | None,
    source: Mapping[str, Any] | None = None,
    made: Made | None = None,
) -> Captured:
    """A layer of which nothing can be had but from where it was read, or who made it, and why."""
    return Captured(name, kind, [], source, None, {}, {}, why, {}, made=made, failed=True)


def _beyond(data: Any, kind: str, *, filed: bool) -> str | None:
    """Why data is not kept; None where it is."""
    in_memory = _in_memory(data) and not filed
    if not in_memory and (kind not in EDITABLE or not all(map(is_array, parts_of(data)))):
        return f"its data ({type(data).__name__}) is in no file and not in memory"
    size = _bytes(data)
    if not in_memory and size > LARGEST_COMPUTED:
        return f"its {size >> 20} MiB, with what is painted there, are in no file and not in memory"
    if kind not in EDITABLE and size > LARGEST_COPY:
        return f"its {size >> 20} MiB are in no file"
    return None


def _held(data: Any) -> Any:
    """Data as it is now, also where a stroke changes how an array is computed."""
    if isinstance(data, list | tuple):
        return type(data)(map(_held, data))
    return copy.copy(data) if hasattr(data, "__dask_graph__") else data


def _in_memory(data: Any) -> bool:
    if isinstance(data, list | tuple):
        return all(map(_in_memory, data))
    return isinstance(data, np.ndarray) and data.dtype != object


def _bytes(data: Any) -> int:
    return sum(map(_bytes, data)) if isinstance(data, list | tuple) else int(data.nbytes)
