"""What is to be saved of a layer, taken in the main thread and quickly.

Arrays are referred to, not copied: whoever writes them may see a stroke half done, and will be
told to write them again.

Tested by tests/browser/test_companion_session.py.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from desktopd.integrations.napari import layers
from desktopd.integrations.napari.session.blocks import is_array
from desktopd.integrations.napari.session.colouring import describe_colouring
from desktopd.integrations.napari.session.each import Untold, each_told
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
LONGEST_NAME = 1000
"""Characters that are kept of the name of a layer of which nothing else is."""
OPENED_BY_NOBODY = "its data lies in a file of its own, which no command and no reader opens"


@dataclass(frozen=True)
class Captured:
    """A layer at one moment: where to read it again, or its data, or why neither can be had."""

    name: str
    kind: str
    shape: list[int] | Untold
    source: Mapping[str, Any] | None
    data: Any
    state: Mapping[str, Any]
    besides: Mapping[str, Any] | Untold
    lost: str | None
    overlays: Mapping[str, Any] | Untold
    made: Made | None = None
    filed: bool = False
    """Whether all of its data lies in files of its own, which get what is painted."""
    colouring: Mapping[str, Any] | Untold = field(default_factory=dict)
    failed: bool = False
    """Whether an exception, which may pass, is why its data cannot be had."""

    @property
    def is_as_made(self) -> bool:
        """Whether its command has made it, and nobody has given it other data or edits that."""
        return self.made is not None and not self.made.replaced and self.kind not in EDITABLE


def capture(layer: Any, *, replaced: bool) -> Captured:
    """`layer` now; `replaced`: its data is another than when it was read or made."""
    data, state, _ = layer.as_layer_data_tuple()
    if getattr(layer, "multiscale", False):
        data = list(data)
    kind, source, made = layers.kind(layer), source_of(layer), made_of(layer)
    if made is not None:
        replaced = replaced or bool(made.replaced)
        made = replace(made, replaced=replaced)
    filed = is_filed(data)
    comes_again = made is not None and filed and not replaced
    is_read = source is not None and not replaced
    held, lost = _held(data, kind, filed=filed, is_read=is_read, comes_again=comes_again)
    asides = each_told({name: partial(tell, layer, state) for name, tell in ASIDES.items()})
    return Captured(
        layer.name,
        kind,
        asides["shape"],
        source,
        held,
        state,
        asides["besides"],
        lost,
        asides["overlays"],
        made=made,
        filed=filed and kind in EDITABLE,
        colouring=asides["colouring"],
    )


ASIDES: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "shape": lambda layer, state: layers.shape(layer),
    "besides": describe_besides,
    "overlays": lambda layer, state: describe_overlays(layer),
    "colouring": lambda layer, state: describe_colouring(layer),
}
"""What is told of a layer beside its data and state, each by itself."""


def capture_nothing(
    name: str,
    kind: str,
    why: str | None,
    source: Mapping[str, Any] | None = None,
    made: Made | None = None,
) -> Captured:
    """A layer of which nothing can be had but from where it was read, or who made it, and why."""
    return Captured(name, kind, [], source, None, {}, {}, why, {}, made=made, failed=True)


def without_data(layer: Captured, why: str | None) -> Captured:
    """`layer` without its data, and why: what its command makes again is then another."""
    made = layer.made
    if made is not None and layer.data is not None and layer.kind in EDITABLE:
        made = replace(made, replaced=True)
    return replace(layer, data=None, made=made, lost=why, failed=True)


def nothing_of(layer: Captured, why: str | None) -> Captured:
    """`layer` with nothing but from where it was read, or who made it, and why.

    Of a long name the beginning is kept; who made it is not where that is by a long name.
    """
    made = without_data(layer, why).made
    made = made if made and len(made.name) <= LONGEST_NAME else None
    return capture_nothing(layer.name[:LONGEST_NAME], layer.kind, why, layer.source, made)


def _held(
    data: Any, kind: str, *, filed: bool, is_read: bool, comes_again: bool
) -> tuple[Any, str | None]:
    """What is to be kept of data, and why it is nothing, unless it is read or made again."""
    if is_read and not (kind in EDITABLE and _in_memory(data)):
        return None, None
    why = _beyond(data, kind, filed=filed)
    if comes_again and (why or kind not in EDITABLE):
        return None, None
    if why:
        return None, OPENED_BY_NOBODY if filed else why
    return _as_now(data), None


def _beyond(data: Any, kind: str, *, filed: bool) -> str | None:
    """Why data is not kept; None where it is."""
    edited, in_memory = kind in EDITABLE, _in_memory(data)
    if not in_memory and not (edited and all(map(is_array, parts_of(data)))):
        return f"its data ({type(data).__name__}) is in no file and not in memory"
    size = _bytes(data)
    if edited and (filed or not in_memory) and size > LARGEST_COMPUTED:
        return f"its {size >> 20} MiB, with what is painted there, are in no file and not in memory"
    if not edited and size > LARGEST_COPY:
        return f"its {size >> 20} MiB are in no file"
    return None


def _as_now(data: Any) -> Any:
    """Data as it is now, also where a stroke changes how an array is computed."""
    if isinstance(data, list | tuple):
        return type(data)(map(_as_now, data))
    return copy.copy(data) if hasattr(data, "__dask_graph__") else data


def _in_memory(data: Any) -> bool:
    if isinstance(data, list | tuple):
        return all(map(_in_memory, data))
    return isinstance(data, np.ndarray) and data.dtype != object


def _bytes(data: Any) -> int:
    return sum(map(_bytes, data)) if isinstance(data, list | tuple) else int(data.nbytes)
