"""Values of a layer's state as JSON and back, with the same types; large ones go to blocks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

import numpy as np

from desktopd.integrations.napari.session import objects
from desktopd.integrations.napari.session.block_file import Array
from desktopd.integrations.napari.session.blocks import Blocks, is_array
from desktopd.integrations.napari.session.unsaved import Unsaved

INLINE = 64
LONG = 4096
"""Elements of a list from which on it lies in blocks, as of the same many numbers."""
LONGEST_TEXT = 1 << 16
"""Bytes of JSON from which on a value lies in a block."""
PIECE = 1 << 14
"""Elements that are looked at in one go: no other thread runs meanwhile."""
NUMERIC = "biufcMmS"
NUMBERS = {float: "<f8", int: "<i8", bool: "|b1"}
LONGEST_INT = 1 << 13
"""Bits: of longer ones Python makes no text."""


def encode(value: Any, blocks: Blocks) -> Any:
    """`value` as JSON; raises Unsaved, and OSError where blocks cannot be written."""
    if isinstance(value, Enum):
        return encode(value.value, blocks)
    if isinstance(value, int) and value.bit_length() > LONGEST_INT:
        raise Unsaved(f"int of {value.bit_length()} bits")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ma.MaskedArray):
        parts = np.ma.getdata(value), np.ma.getmaskarray(value)
        return {"$masked": [encode(part, blocks) for part in parts]}
    if isinstance(value, np.ndarray):
        return {"$array": _encode_array(value, blocks)}
    # Of times in nanoseconds numpy makes integers, and of a longdouble no float.
    if isinstance(value, np.generic) and value.dtype.kind in "biufU" and value.dtype.char != "g":
        return value.item()
    if isinstance(value, Mapping):
        return encode_pairs([(encode(k, blocks), encode(v, blocks)) for k, v in pairs(value)])
    if isinstance(value, list):
        return _encode_list(value, blocks)
    if isinstance(value, tuple):
        return {"$tuple": _encode_list(list(value), blocks)}
    return objects.encode(value, lambda part: encode(part, blocks))


def encode_data(data: Any, blocks: Blocks) -> Any:
    """The data of a layer as JSON, also where it is computed, by parts, as it is read."""
    if isinstance(data, list | tuple) and not all(isinstance(part, np.ndarray) for part in data):
        parts = [encode_data(part, blocks) for part in data]
        return parts if isinstance(data, list) else {"$tuple": parts}
    if is_array(data) and not isinstance(data, np.ndarray):
        shape = [int(size) for size in data.shape]
        return {"$array": {"dtype": data.dtype.str, "shape": shape, "blocks": blocks.put(data)}}
    return encode(data, blocks)


def pairs(value: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """The items of a mapping, whoever goes on to change it; raises Unsaved."""
    try:
        return list(value.items())
    except Exception as error:
        raise Unsaved(f"{type(value).__name__} that raises {type(error).__name__}") from None


def encode_pairs(encoded: list[tuple[Any, Any]]) -> Any:
    """A mapping of encoded keys and values as JSON."""
    if all(isinstance(key, str) and not key.startswith("$") for key, _ in encoded):
        return dict(encoded)
    return {"$pairs": [[key, part] for key, part in encoded]}


def fold(encoded: Any, blocks: Blocks) -> Any:
    """An encoded value, in a block of its own where its text is long."""
    text = dumps(encoded)
    if len(text) <= LONGEST_TEXT:
        return encoded
    return {"$json": {**_put_text(text, blocks), "inner": sorted(blocks_of(encoded))}}


def dumps(encoded: Any) -> bytes:
    """An encoded value as text. Other threads go on meanwhile, as in `json.dumps` they do not."""
    return "".join(json.JSONEncoder().iterencode(encoded)).encode("ascii")


def decode(value: Any, blocks: Blocks) -> Any:
    """What `encode` made `value` of; raises OSError, ValueError, KeyError or TypeError."""
    if isinstance(value, list):
        return [decode(part, blocks) for part in value]
    if not isinstance(value, dict):
        return value
    mark = mark_of(value)
    if mark is None:
        return {key: decode(part, blocks) for key, part in value.items()}
    if mark in _MARKS:
        return _MARKS[mark](value[mark], blocks)
    if mark in objects.MARKS:
        return objects.MARKS[mark](decode(value[mark], blocks))
    raise ValueError(f"{mark} is not known")


def mark_of(encoded: dict[str, Any]) -> str | None:
    """The key that tells what an encoded value is; None for a mapping."""
    return next((key for key in encoded if key.startswith("$")), None)


def blocks_of(value: Any) -> set[str]:
    """The names of all blocks that an encoded value refers to."""
    if isinstance(value, list):
        # Most are of numbers or texts, which are not worth a set each.
        parts = [blocks_of(part) for part in value if isinstance(part, list | dict)]
        return set().union(*parts)
    if isinstance(value, dict):
        found = set().union(*map(blocks_of, value.values()))
        for mark in ("$array", "$list", "$json"):
            if isinstance(content := value.get(mark), dict):
                found.update(content.get("blocks", ()), content.get("inner", ()))
        return found
    return set()


def _encode_array(array: Array, blocks: Blocks) -> dict[str, Any]:
    # An np.matrix has two dimensions whatever is done to it.
    array = np.asarray(array)
    shape = list(array.shape)
    if array.dtype.kind not in NUMERIC:
        dtype = array.dtype.str if array.dtype.kind == "U" else "object"
        return {"dtype": dtype, "shape": shape, **_encode_items(array.ravel().tolist(), blocks)}
    if array.size <= INLINE and array.dtype.kind in "biuf" and array.dtype.itemsize <= 8:
        return {"dtype": array.dtype.str, "shape": shape, "items": array.ravel().tolist()}
    return {"dtype": array.dtype.str, "shape": shape, "blocks": blocks.put(array)}


def _encode_list(value: list[Any], blocks: Blocks) -> Any:
    value = list(value)
    if len(value) > INLINE and _is_ragged(value):
        lengths = np.array([len(part) for part in value])
        return {"$ragged": [encode(lengths, blocks), encode(np.concatenate(value), blocks)]}
    if len(value) <= LONG:
        return [encode(part, blocks) for part in value]
    numbers = _numbers(value)
    if numbers is not None:
        return {"$list": _encode_array(numbers, blocks)}
    return {"$list": {"dtype": "object", "shape": [len(value)], **_encode_items(value, blocks)}}


def _is_ragged(value: list[Any]) -> bool:
    """Whether these are arrays, such as the corners of shapes, that differ in length alone."""
    kinds = {
        (part.dtype.str, part.shape[1:])
        if type(part) is np.ndarray and part.ndim and part.dtype.kind in NUMERIC
        else None
        for part in value
    }
    return len(kinds) == 1 and None not in kinds


def _numbers(value: list[Any]) -> Array | None:
    """A list as an array that gives the same list; None where there is none."""
    pieces = range(0, len(value), PIECE)
    kinds = set().union(*(map(type, value[start : start + PIECE]) for start in pieces))
    dtype = NUMBERS.get(kinds.pop()) if len(kinds) == 1 else None
    if dtype is None:
        return None
    array: Array = np.empty(len(value), dtype)
    try:
        for start in pieces:
            array[start : start + PIECE] = value[start : start + PIECE]
    except OverflowError:
        return None
    return array


def _encode_items(value: list[Any], blocks: Blocks) -> dict[str, Any]:
    """What is no number, such as names: many in blocks, as JSON."""
    items = [encode(part, blocks) for part in value]
    # Readers of long standing know of no block that is named in a block.
    if len(items) <= INLINE or blocks_of(items):
        return {"items": items}
    return _put_text(dumps(items), blocks)


def _put_text(text: bytes, blocks: Blocks) -> dict[str, Any]:
    return {"bytes": len(text), "blocks": blocks.put(np.frombuffer(text, np.uint8))}


def _decode_array(content: dict[str, Any], blocks: Blocks) -> Array:
    dtype, shape = content["dtype"], content["shape"]
    if "blocks" in content and "bytes" not in content:
        return blocks.get(content["blocks"], dtype, shape)
    items = content["items"] if "items" in content else _decode_text(content, blocks)
    array: Array = np.empty(int(np.prod(shape)), np.dtype(dtype))
    for index, item in enumerate(items):
        # All at once, items that are lists themselves would be taken for rows.
        array[index] = decode(item, blocks)
    return array.reshape(shape)


def _decode_text(content: dict[str, Any], blocks: Blocks) -> Any:
    return json.loads(blocks.get(content["blocks"], "|u1", [content["bytes"]]).tobytes())


def _decode_ragged(content: list[Any], blocks: Blocks) -> list[Array]:
    lengths, everything = decode(content[0], blocks), decode(content[1], blocks)
    return [part.copy() for part in np.split(everything, np.cumsum(lengths)[:-1])]


def _decode_pairs(content: Any, blocks: Blocks) -> dict[Any, Any]:
    return {decode(key, blocks): decode(part, blocks) for key, part in content}


_MARKS: dict[str, Callable[[Any, Blocks], Any]] = {
    "$array": _decode_array,
    "$list": lambda content, blocks: _decode_array(content, blocks).tolist(),
    "$ragged": _decode_ragged,
    "$masked": lambda content, blocks: np.ma.masked_array(*decode(content, blocks)),
    "$json": lambda content, blocks: decode(_decode_text(content, blocks), blocks),
    "$tuple": lambda content, blocks: tuple(decode(content, blocks)),
    "$pairs": _decode_pairs,
}
