"""Arrays that lie in files of their own, which get what is put into them.

Tested by tests/unit/integrations/napari/session/test_in_own_file.py and test_own_file.py.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from desktopd.integrations.napari.session.blocks import computed
from desktopd.integrations.napari.session.parts import beneath, parts_of

KEPT_STORES = frozenset({"DirectoryStore", "FSStore", "LocalStore", "NestedDirectoryStore"})
"""Kinds of zarr's stores that have at once in a folder what is put into them."""
SHARED_MODES = frozenset({"r", "r+", "w+"})
"""Modes of np.memmap in which the array never is another than its file."""

_seen: WeakValueDictionary[int, Any] = WeakValueDictionary()
"""Arrays that were seen to lie in files, by their ids, as those of zarr have no hash."""


def is_filed(data: Any) -> bool:
    """Whether all arrays of a layer's data lie in files of their own."""
    parts = parts_of(data)
    return bool(parts) and all(map(is_in_own_file, parts))


def is_in_own_file(array: Any) -> bool:
    """Whether a file has what `array` is now, whatever is painted into it; it may be away since."""
    if id(array) in _seen:
        return True
    try:
        is_there = _file_of(array) is not None
    except Exception:
        # A package may have become another, and a copy is saved then.
        return False
    if is_there:
        _seen[id(array)] = array
    return is_there


def check_there(data: Any) -> None:
    """Raise OSError where a layer's data, or what dask makes it of, lay in files that are away.

    zarr reads such an array as if nothing had ever been put into it.
    """
    arrays = [one for part in parts_of(data) for one in (part, *beneath(part))]
    if any(is_in_own_file(one) and _file_of(one) is None for one in arrays):
        raise FileNotFoundError(errno.ENOENT, "the file of its data is away")


def has_same(data: Any, copy: Any) -> bool:
    """Whether a layer's data is what a copy has; raises ValueError where it cannot be read."""
    arrays, copies = parts_of(data), parts_of(copy)
    return len(arrays) == len(copies) and all(map(_has_same, arrays, copies))


def _has_same(array: Any, copy: Any) -> bool:
    if tuple(array.shape) != copy.shape or array.dtype != copy.dtype:
        return False
    equal_nan = copy.dtype.kind in "fc"
    # A disk gives them piece by piece.
    pieces = zip(computed(array), computed(copy), strict=True)
    return all(np.array_equal(*pair, equal_nan=equal_nan) for pair in pieces)


def _file_of(array: Any) -> Path | None:
    """The file in which an array lies; of one of zarr's, that which describes it."""
    home = type(array).__module__.partition(".")[0]
    if home == "numpy":
        shared = (one for one in _array_and_bases(array) if _is_shared(one))
        return next((Path(one.filename) for one in shared if one.filename), None)
    if home == "zarr" and type(array.store).__name__ in KEPT_STORES:
        folder = Path(getattr(array.store, "root", None) or array.store.path) / array.path
        described = (folder / name for name in ("zarr.json", ".zarray"))
        return next(filter(Path.exists, described), None)
    return None


def _is_shared(array: Any) -> bool:
    return isinstance(array, np.memmap) and array.mode in SHARED_MODES


def _array_and_bases(array: Any) -> Iterator[Any]:
    while isinstance(array, np.ndarray):
        yield array
        array = array.base
