"""Layers as JSON, each by itself: what cannot be kept of one is no matter of the others.

Tested by tests/unit/integrations/napari/session/test_encode_layer.py.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from desktopd.integrations.napari.session import tables
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.capture import (
    Captured,
    nothing_of,
    without_data,
)
from desktopd.integrations.napari.session.each import Untold, has_untold, settled
from desktopd.integrations.napari.session.made import as_json
from desktopd.integrations.napari.session.own_file import check_there
from desktopd.integrations.napari.session.parts import name_of, parts_of
from desktopd.integrations.napari.session.records import Encoded, encode_record
from desktopd.integrations.napari.session.unsaved import LACKS
from desktopd.integrations.napari.session.values import (
    encode,
    encode_data,
    encode_pairs,
    fold,
    pairs,
)

TABLES = ("features", "feature_defaults")
SAID_TWICE = frozenset({"metadata", "properties", "property_choices", *TABLES})
"""What is kept in a way of its own; napari makes the second and third of the features."""

log = logging.getLogger(__name__)


def encode_layer(layer: Captured, blocks: Blocks, former: Encoded | None = None) -> Encoded:
    """A layer, with less of it where all is too much; raises LACKS alone.

    What is computed is not computed again where it is that of `former`, whose blocks are there.
    """
    bare = replace(layer, besides={}, overlays={}, state={**layer.state, "metadata": {}})
    attempts: list[Callable[[str | None], Captured]] = [
        lambda why: layer,
        lambda why: bare,
        lambda why: without_data(bare, why),
        lambda why: nothing_of(layer, why),
        lambda why: replace(nothing_of(layer, why), source=None),
    ]
    reason = None
    for attempt in attempts:
        try:
            return _encode(attempt(reason), blocks, former, reason)
        except LACKS:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            log.warning("desktopd: layer %r is not saved whole: %s", layer.name, reason)
    raise AssertionError


def _encode(layer: Captured, blocks: Blocks, former: Encoded | None, reason: str | None) -> Encoded:
    data, computed = _encode_data(layer.data, blocks, former)
    features, left_out = _encode_features(layer.state, blocks)
    state = {k: v for k, v in layer.state.items() if k not in SAID_TWICE}
    asides, stale = _asides(layer, blocks, former)
    first = None
    if layer.is_as_made:
        first = former.first if former is not None and former.first is not None else data
    record = {
        "name": layer.name,
        "type": layer.kind,
        "source": layer.source,
        "made": as_json(layer.made),
        "data": data,
        "filed": layer.filed,
        "untouched": data is not None and data == first,
        "state": {
            **dict(_each(state, blocks)),
            **features,
            # What a plugin keeps here may be anything.
            "metadata": encode_pairs(_each(layer.state.get("metadata", {}), blocks)),
        },
        **asides,
        "lost": layer.lost,
        "failed": layer.failed,
    }
    # Each is said once.
    said = dict.fromkeys(why for why in (layer.lost, reason, _said(left_out), *stale) if why)
    encoded = encode_record(record, "; ".join(said) or None)
    data = data if computed else None
    return replace(encoded, computed=computed, data=data, first=first, stale=1 if stale else 0)


def _asides(
    layer: Captured, blocks: Blocks, former: Encoded | None
) -> tuple[dict[str, Any], list[str]]:
    """What is beside a layer's data and state as JSON, and why some is that of `former`."""
    besides = layer.besides
    asides = {
        "shape": layer.shape,
        "besides": besides if isinstance(besides, Untold) else dict(_each(besides, blocks)),
        "colouring": layer.colouring,
        "overlays": layer.overlays,
    }
    before = json.loads(former.text) if former is not None and has_untold(asides) else None
    found, stale = settled(asides, before)
    return {"shape": [], "besides": {}, "colouring": {}, "overlays": {}, **found}, stale


def _encode_data(data: Any, blocks: Blocks, former: Encoded | None) -> tuple[Any, tuple[str, ...]]:
    """Data as JSON, and what dask calls it; () for what is in memory and may change as it is."""
    parts = parts_of(data)
    names = tuple(name for part in parts if (name := name_of(part)))
    computed = names if len(names) == len(parts) else ()
    if former is not None and computed and computed == former.computed:
        return former.data, computed
    # What goes or comes while it is read would be a part of it.
    check_there(data)
    encoded = encode_data(data, blocks)
    check_there(data)
    return fold(encoded, blocks), computed


def _each(values: Mapping[Any, Any], blocks: Blocks) -> list[tuple[Any, Any]]:
    """The keys and values that can be kept, each by itself."""
    found = []
    for key, value in pairs(values):
        try:
            found.append((encode(key, blocks), fold(encode(value, blocks), blocks)))
        except LACKS:
            raise
        except Exception as error:
            # The layer can be made without it.
            log.info("desktopd: %s is not saved: %s", key, error)
    return found


def _encode_features(
    state: Mapping[str, Any], blocks: Blocks
) -> tuple[dict[str, Any], Sequence[str]]:
    """The tables of a layer, of the same columns, and what is left out of them.

    napari makes defaults by itself, and takes none of other columns than the table has.
    """
    if state.get("features") is None:
        return {}, ()
    table, left_out = tables.encode_table(state["features"], lambda part: encode(part, blocks))
    found = {"features": fold(table, blocks)}
    defaults = state.get("feature_defaults")
    if defaults is not None:
        kept = [name for name, _ in table["$table"]]
        table, _ = tables.encode_table(defaults, lambda part: encode(part, blocks))
        columns = [column for column in table["$table"] if column[0] in kept]
        if len(columns) == len(kept):
            found["feature_defaults"] = {"$table": columns}
    return found, left_out


def _said(left_out: Sequence[str]) -> str | None:
    return f"without {', '.join(left_out)} of its features" if left_out else None
