"""Arrays that lie in files of their own, which get what is put into them.

Tested by tests/unit/integrations/napari/session/test_own_file.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from desktopd.integrations.napari.session.parts import parts_of

KEPT_STORES = frozenset(
    {"DirectoryStore", "FSStore", "FsspecStore", "LocalStore", "NestedDirectoryStore"}
)
"""Kinds of zarr's stores that have at once what is put into them; those of memory have no file."""
SHARED_MODES = frozenset({"r", "r+", "w+"})
"""Modes of np.memmap in which the array never is another than its file."""


def is_filed(data: Any) -> bool:
    """Whether all arrays of a layer's data lie in files of their own."""
    return all(map(is_in_own_file, parts_of(data)))


def have(data: Any, copy: Any) -> bool:
    """Whether a layer's data has the types, shapes and numbers of a copy in memory."""
    arrays, copies = parts_of(data), parts_of(copy)
    return len(arrays) == len(copies) and all(map(_has, arrays, copies))


def is_in_own_file(array: Any) -> bool:
    """Whether a file has what `array` is now, whatever is painted into it."""
    home = type(array).__module__.partition(".")[0]
    try:
        return home in HOMES and HOMES[home](array)
    except Exception:
        # A package may have become another, and a copy is saved then.
        return False


def flush(array: Any) -> None:
    """Have the file get what its library still holds; raises OSError."""
    if type(array).__module__.partition(".")[0] == "h5py" and array.file.mode != "r":
        array.file.flush()


def _has(array: Any, copy: Any) -> bool:
    if tuple(array.shape) != copy.shape:
        return False
    whole = np.asarray(array)
    as_numbers = copy.dtype.kind in "fc"
    return whole.dtype == copy.dtype and np.array_equal(whole, copy, equal_nan=as_numbers)


def _is_mapped(array: Any) -> bool:
    return any(
        isinstance(one, np.memmap) and one.mode in SHARED_MODES for one in _array_and_bases(array)
    )


def _array_and_bases(array: Any) -> Iterator[Any]:
    while isinstance(array, np.ndarray):
        yield array
        array = array.base


def _is_in_kept_store(array: Any) -> bool:
    store = array.store
    protocol = getattr(getattr(store, "fs", None), "protocol", ())
    return type(store).__name__ in KEPT_STORES and "memory" not in protocol


HOMES: dict[str, Callable[[Any], bool]] = {
    "h5py": lambda array: array.file.driver != "core",
    "numpy": _is_mapped,
    "tensorstore": lambda array: not array.kvstore.url.startswith("memory:"),
    "zarr": _is_in_kept_store,
}
"""Packages whose arrays may lie in files, and whether one does."""
