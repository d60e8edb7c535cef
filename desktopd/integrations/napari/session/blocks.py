"""Arrays in files that `numpy.load` reads: cut into blocks, each named by its content.

What did not change is not written again, so that a stroke in a large volume costs the planes that
it touches.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import math
import os
import shutil
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from desktopd.integrations.napari.session.block_file import (
    SUFFIXES,
    Array,
    bytes_of,
    read_block,
    suffix_for,
    write_block,
)
from desktopd.integrations.napari.session.whole_files import make_room

BLOCK_BYTES = 4 << 20
COMPUTED_BYTES = 64 << 20
KEPT_FREE = 0.1
"""Part of a disk that stays free, of a large one KEPT_BYTES."""
KEPT_BYTES = 1 << 30

log = logging.getLogger(__name__)


class Blocks:
    """The files of one folder. Its methods may be called in any one thread at a time.

    `failures` counts the blocks that a disk has not given, and may give another time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.failures = 0
        # Bytes of the files that are known to hold what their names say.
        self._whole: dict[str, int] = {}
        self._given_up = threading.Event()

    def give_up(self, *, until: Callable[[], object]) -> None:
        """Have a `put` in another thread end, by InterruptedError, while `until` waits for that.

        To be called in any thread.
        """
        self._given_up.set()
        try:
            until()
        finally:
            self._given_up.clear()

    def put(self, array: Any) -> list[str]:
        """Keep the numbers of `array`, also of one that is computed by parts; returns its blocks.

        Raises ValueError where it cannot be computed, and OSError, ENOSPC already where less than a
        tenth of the disk or 1 GiB would be free.
        """
        make_room(self._folder, for_folder=True)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return [self._put(block) for block in cut(array)]

    def get(self, names: Sequence[str], dtype: str, shape: Sequence[int]) -> Array:
        """The array whose blocks are `names`; OSError or ValueError where one is not whole."""
        array = np.empty(tuple(shape), np.dtype(dtype))
        flat, start = array.reshape(-1), 0
        for name in names:
            block = self._load(name)
            flat[start : start + block.size] = block.reshape(-1)
            start += block.size
        if start != array.size:
            raise ValueError(f"{start} of {array.size} numbers are left")
        return array

    def names(self) -> set[str]:
        """The names of all that lies there; raises OSError."""
        with contextlib.suppress(FileNotFoundError):
            return {path.name for path in self._folder.iterdir()}
        return set()

    def keep_only(self, names: Collection[str]) -> None:
        """Delete every other block. What cannot be deleted, or looked at, stays."""
        self._whole = {name: size for name, size in self._whole.items() if name in names}
        try:
            others = [path for path in self._folder.iterdir() if path.name not in names]
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("desktopd: what is not needed stays: %s", error)
            return
        for path in others:
            try:
                path.unlink()
            except OSError as error:
                log.info("desktopd: what is not needed stays: %s", error)

    def _put(self, block: Array) -> str:
        if self._given_up.is_set():
            raise InterruptedError(errno.EINTR, os.strerror(errno.EINTR), str(self._folder))
        digest = hashlib.sha256(f"{block.dtype.str} {block.shape} ".encode())
        digest.update(bytes_of(block).data)
        name = digest.hexdigest()[:32]
        for suffix in SUFFIXES:
            if self._has(name + suffix, block):
                return name + suffix
        self._check_space(block.nbytes)
        name += suffix_for(block)
        self._whole[name] = write_block(self._folder / name, block)
        return name

    def _has(self, name: str, block: Array) -> bool:
        """Whether a block lies there whole.

        What an earlier process has left is compared: a power cut may have left less of it.
        """
        try:
            size = (self._folder / name).lstat().st_size
        except FileNotFoundError:
            return False
        if self._whole.get(name) == size:
            return True
        self._whole.pop(name, None)
        try:
            kept = self._load(name)
        except (OSError, ValueError) as error:
            log.warning("desktopd: %s is written anew: %s", name, error)
            return False
        if (kept.dtype, kept.shape) != (block.dtype, block.shape):
            return False
        if np.array_equal(bytes_of(kept), bytes_of(block)):
            self._whole[name] = size
        return name in self._whole

    def _check_space(self, wanted: int) -> None:
        usage = shutil.disk_usage(self._folder)
        if usage.free - wanted < min(KEPT_FREE * usage.total, KEPT_BYTES):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._folder))

    def _load(self, name: str) -> Array:
        try:
            return read_block(self._folder / name)
        except FileNotFoundError:
            raise
        except OSError:
            self.failures += 1
            raise


def is_array(data: Any) -> bool:
    """Whether `data` has elements of one plain type, in memory or once they are computed."""
    dtype = getattr(data, "dtype", None)
    return isinstance(dtype, np.dtype) and dtype.kind in "biufcMmSU" and hasattr(data, "shape")


def cut(array: Any) -> Iterator[Array]:
    """Copies of the parts of `array`, in C order and of at most 4 MiB, in their order.

    A copy is what it is, whoever goes on to write to `array`. One that is none of numpy's is
    computed, some 64 MiB at a time.
    """
    if not isinstance(array, np.ndarray):
        for part in computed(array):
            yield from cut(part)
    elif array.ndim == 0 or array.nbytes <= BLOCK_BYTES:
        yield np.array(array, order="C", subok=False)
    elif array[0].nbytes > BLOCK_BYTES:
        for part in array:
            yield from cut(part)
    else:
        rows = BLOCK_BYTES // array[0].nbytes
        for start in range(0, len(array), rows):
            yield np.array(array[start : start + rows], order="C", subok=False)


def computed(array: Any) -> Iterator[Array]:
    """The parts of `array`, none of them a copy, each of at most 64 MiB where it can be cut so.

    Of arrays of one shape and type they are cut alike. Raises ValueError where one cannot be had.
    """
    row = math.prod(array.shape[1:]) * array.dtype.itemsize
    if array.ndim == 0 or not array.shape[0] or row * array.shape[0] <= COMPUTED_BYTES:
        yield _compute(array)
    elif row > COMPUTED_BYTES:
        for index in range(array.shape[0]):
            yield from computed(array[index])
    else:
        rows = COMPUTED_BYTES // row
        for start in range(0, array.shape[0], rows):
            yield _compute(array[start : start + rows])


def _compute(array: Any) -> Array:
    try:
        if hasattr(array, "__dask_graph__"):
            # In this thread, which gives way to others, as threads of dask's own would not.
            array = array.compute(scheduler="synchronous")
        return np.asarray(array)
    except Exception as error:
        raise ValueError(f"it cannot be computed ({type(error).__name__}: {error})") from None
