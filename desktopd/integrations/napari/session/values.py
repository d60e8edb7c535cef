"""Values of a layer's state as JSON and back, with the same types; large arrays go to blocks."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import numpy as np

from desktopd.integrations.napari.session.blocks import Array, Blocks

INLINE = 64
NUMERIC = "biufcMm"

log = logging.getLogger(__name__)


class Unsaved(Exception):
    """A value of a kind that is not kept: names the kind."""


def encode(value: Any, blocks: Blocks) -> Any:
    """`value` as JSON; raises Unsaved, and OSError where blocks cannot be written."""
    if isinstance(value, Enum):
        return encode(value.value, blocks)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        return {"$array": _encode_array(value, blocks)}
    if isinstance(value, np.generic) and isinstance(value.item(), bool | int | float | str):
        return value.item()
    if isinstance(value, Mapping):
        return _encode_mapping(value, blocks)
    if isinstance(value, list):
        return [encode(part, blocks) for part in value]
    if isinstance(value, tuple):
        return {"$tuple": [encode(part, blocks) for part in value]}
    return _encode_object(value, blocks)


def decode(value: Any, blocks: Blocks) -> Any:
    """What `encode` made `value` of; raises OSError, ValueError, KeyError or TypeError."""
    if isinstance(value, list):
        return [decode(part, blocks) for part in value]
    if not isinstance(value, dict):
        return value
    marks = [key for key in value if key.startswith("$")]
    if not marks:
        return {key: decode(part, blocks) for key, part in value.items()}
    content = value[marks[0]]
    match marks[0]:
        case "$array":
            return _decode_array(content, blocks)
        case "$tuple":
            return tuple(decode(part, blocks) for part in content)
        case "$pairs":
            return {decode(k, blocks): decode(v, blocks) for k, v in content}
        case "$table":
            import pandas

            return pandas.DataFrame({name: decode(part, blocks) for name, part in content})
        case "$colormap":
            from napari.utils import colormaps

            return getattr(colormaps, content[0])(**decode(content[1], blocks))
    raise ValueError(f"{marks[0]} is not known")


def blocks_of(value: Any) -> set[str]:
    """The names of all blocks that an encoded value refers to."""
    if isinstance(value, list):
        return set().union(*map(blocks_of, value))
    if isinstance(value, dict):
        if isinstance(array := value.get("$array"), dict):
            return {*array.get("blocks", ()), *blocks_of(array.get("items", ()))}
        return set().union(*map(blocks_of, value.values()))
    return set()


def _encode_mapping(value: Mapping[Any, Any], blocks: Blocks) -> Any:
    if all(isinstance(key, str) and not key.startswith("$") for key in value):
        return {key: encode(part, blocks) for key, part in value.items()}
    return {"$pairs": [[encode(k, blocks), encode(v, blocks)] for k, v in value.items()]}


def _encode_array(array: Array, blocks: Blocks) -> dict[str, Any]:
    shape = list(array.shape)
    if array.dtype.kind not in NUMERIC:
        return {"dtype": "object", "shape": shape, **_encode_items(array, blocks)}
    if array.size <= INLINE and array.dtype.kind in "biuf":
        return {"dtype": array.dtype.str, "shape": shape, "items": array.ravel().tolist()}
    return {"dtype": array.dtype.str, "shape": shape, "blocks": blocks.put(array)}


def _encode_items(array: Array, blocks: Blocks) -> dict[str, Any]:
    """What is no number, such as names: many in blocks, as JSON."""
    items = encode(array.ravel().tolist(), blocks)
    # Blocks that are named in a block would be in nobody's sight.
    if array.size <= INLINE or blocks_of(items):
        return {"items": items}
    text = np.frombuffer(json.dumps(items).encode(), np.uint8)
    return {"bytes": text.size, "blocks": blocks.put(text)}


def _decode_array(content: dict[str, Any], blocks: Blocks) -> Array:
    dtype, shape = content["dtype"], content["shape"]
    if "blocks" in content and "bytes" not in content:
        return blocks.get(content["blocks"], dtype, shape)
    array: Array = np.empty(int(np.prod(shape)), np.dtype(dtype))
    for index, item in enumerate(_items(content, blocks)):
        # All at once, items that are lists themselves would be taken for rows.
        array[index] = decode(item, blocks)
    return array.reshape(shape)


def _items(content: dict[str, Any], blocks: Blocks) -> list[Any]:
    if "items" in content:
        items: list[Any] = content["items"]
        return items
    text = blocks.get(content["blocks"], "|u1", [content["bytes"]])
    decoded: list[Any] = json.loads(text.tobytes())
    return decoded


def _encode_columns(table: Any, blocks: Blocks) -> Iterator[list[Any]]:
    for key in table.columns:
        try:
            yield [str(key), encode(table[key].to_numpy(), blocks)]
        except Unsaved as kind:
            log.info("desktopd: column %r is not saved: %s", key, kind)


def _encode_object(value: Any, blocks: Blocks) -> Any:
    """Objects of the libraries that napari's layers are made of, known by name alone."""
    home, name = type(value).__module__, type(value).__name__
    if home.startswith("pandas") and name == "DataFrame":
        columns = list(_encode_columns(value, blocks))
        if columns or value.columns.empty:
            return {"$table": columns}
    if home.startswith("pandas") and name in ("NAType", "NaTType"):
        return None
    if home.startswith("napari") and name.endswith("Colormap"):
        return {"$colormap": [name, encode(value.model_dump(), blocks)]}
    if home.startswith("pint"):
        return str(value)
    if home.startswith("numpy") and name == "dtype":
        return str(value)
    if hasattr(value, "model_dump"):
        return encode(value.model_dump(), blocks)
    raise Unsaved(f"{home}.{name}")
