"""Arrays that lie in files of their own, which get what is put into them.

Tested by tests/unit/integrations/napari/session/test_own_file.py.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

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


def has_more(data: Any, copy: Any) -> bool:
    """Whether the files of a layer's data have what a copy has, and maybe what came after it.

    Files that this process has made anew, or written to, need not.
    """
    arrays, copies = parts_of(data), parts_of(copy)
    return len(arrays) == len(copies) and all(map(_has_more, arrays, copies))


def _has_more(array: Any, copy: Any) -> bool:
    if tuple(array.shape) != copy.shape or array.dtype != copy.dtype:
        return False
    if _is_from_before(array) and (_all(_is_blank, copy) or not _all(_is_blank, array)):
        return True
    return _all(_same, array, copy)


def _is_from_before(array: Any) -> bool:
    """Whether nobody has changed the file of an array since this process began."""
    try:
        file = _file_of(array)
        return file is not None and file.stat().st_ctime < _begin()
    except Exception:
        return False


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


def _begin() -> float:
    """When this process began, in seconds since 1970: proc_pid_stat(5), field 22."""
    with open("/proc/self/stat", "rb") as file:
        fields = file.read(4096).rpartition(b")")[2].split()
    since_boot = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + since_boot


def _all(test: Callable[..., bool], *arrays: Any) -> bool:
    """Whether it holds for all planes of arrays, which a disk gives one by one."""
    if not arrays[0].shape:
        return test(*map(np.asarray, arrays))
    return all(test(*(np.asarray(one[i]) for one in arrays)) for i in range(arrays[0].shape[0]))


def _is_blank(plane: Any) -> bool:
    return not plane.any()


def _same(plane: Any, copy: Any) -> bool:
    return np.array_equal(plane, copy, equal_nan=copy.dtype.kind in "fc")
