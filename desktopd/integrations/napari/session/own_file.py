"""Arrays that lie in files of their own, which get what is put into them.

Tested by tests/unit/integrations/napari/session/test_own_file.py.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from desktopd.integrations.napari.session.parts import parts_of

KEPT_STORES = frozenset({"DirectoryStore", "FSStore", "LocalStore", "NestedDirectoryStore"})
"""Kinds of zarr's stores that have at once in a folder what is put into them."""
SHARED_MODES = frozenset({"r", "r+"})
"""Modes of np.memmap in which the array never is another than its file, and is there again.

By "w+" whoever makes the layer again has a new file in its place.
"""
_MARGIN = 5.0


def is_filed(data: Any) -> bool:
    """Whether all arrays of a layer's data lie in files of their own."""
    parts = parts_of(data)
    return bool(parts) and all(map(is_in_own_file, parts))


def have(data: Any, copy: Any) -> bool:
    """Whether a layer's data has the types, shapes and numbers of a copy in memory."""
    arrays, copies = parts_of(data), parts_of(copy)
    return len(arrays) == len(copies) and all(map(_has, arrays, copies))


def is_in_own_file(array: Any) -> bool:
    """Whether a file has what `array` is now, whatever is painted into it, and did before us.

    One that this process has made may be made anew by the next one, and all in it be gone.
    """
    home = type(array).__module__.partition(".")[0]
    try:
        return home in HOMES and HOMES[home](array)
    except Exception:
        # A package may have become another, and a copy is saved then.
        return False


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
    if type(store).__name__ not in KEPT_STORES:
        return False
    folder = Path(getattr(store, "root", None) or store.path) / array.path
    described = (folder / name for name in ("zarr.json", ".zarray"))
    made = [place.stat().st_mtime for place in described if place.exists()]
    return bool(made) and max(made) < _begin() - _MARGIN


def _begin() -> float:
    """When this process began, in seconds since 1970: proc_pid_stat(5), field 22."""
    with open("/proc/self/stat", "rb") as file:
        fields = file.read(4096).rpartition(b")")[2].split()
    since_boot = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + since_boot


HOMES: dict[str, Callable[[Any], bool]] = {"numpy": _is_mapped, "zarr": _is_in_kept_store}
"""Packages whose arrays may lie in files, and whether one does.

h5py does not tell whether it has just made the file, nor does tensorstore.
"""
