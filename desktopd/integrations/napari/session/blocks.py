"""Arrays in files that `numpy.load` reads: cut into blocks, each named by its content.

What did not change is not written again, so that a stroke in a large volume costs the planes that
it touches.
"""

from __future__ import annotations

import errno
import hashlib
import io
import logging
import math
import os
import shutil
import threading
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from desktopd.integrations.napari.session.whole_files import make_room, replacing
from desktopd.openers import itself_at_once

BLOCK_BYTES = 4 << 20
COMPUTED_BYTES = 64 << 20
SAMPLE_BYTES = 1 << 16
LARGEST_FILE = 1 << 30
"""Bytes: what is larger is no block."""
KEPT_FREE = 0.1
"""Part of a disk that stays free, of a large one KEPT_BYTES."""
KEPT_BYTES = 1 << 30

Array = NDArray[Any]

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
        digest.update(_bytes(block))
        name = digest.hexdigest()[:32]
        for suffix in (".npy", ".npz"):
            if self._has(name + suffix, block):
                return name + suffix
        self._check_space(block.nbytes)
        name += ".npz" if _is_worth_compressing(block) else ".npy"
        path = self._folder / name
        with replacing(path) as file:
            (_write_compressed if name.endswith(".npz") else _write)(file, block)
        self._whole[name] = path.lstat().st_size
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
        try:
            kept = self._load(name)
        except (OSError, ValueError) as error:
            log.warning("desktopd: %s is written anew: %s", name, error)
            return False
        if (kept.dtype, kept.shape) != (block.dtype, block.shape) or _bytes(kept) != _bytes(block):
            return False
        self._whole[name] = size
        return True

    def _check_space(self, wanted: int) -> None:
        usage = shutil.disk_usage(self._folder)
        if usage.free - wanted < min(KEPT_FREE * usage.total, KEPT_BYTES):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._folder))

    def _load(self, name: str) -> Array:
        try:
            with open(self._folder / name, "rb", opener=itself_at_once) as file:
                # Of a disk that fails numpy would say no more than that a file is short.
                content = io.BytesIO(file.read(LARGEST_FILE))
            loaded = np.load(content, allow_pickle=False)
            array: Array = loaded if name.endswith(".npy") else loaded["data"]
        except OSError as error:
            self.failures += not isinstance(error, FileNotFoundError)
            raise
        except Exception as error:
            # Anything may lie there.
            raise ValueError(f"{name} is not whole: {error}") from None
        return array


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
        for part in _computed(array):
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


def _computed(array: Any) -> Iterator[Array]:
    row = math.prod(array.shape[1:]) * array.dtype.itemsize
    if array.ndim == 0 or not array.shape[0] or row * array.shape[0] <= COMPUTED_BYTES:
        yield _compute(array)
    elif row > COMPUTED_BYTES:
        for index in range(array.shape[0]):
            yield from _computed(array[index])
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


def _bytes(block: Array) -> memoryview:
    return np.ascontiguousarray(block).reshape(-1).view(np.uint8).data


def _is_worth_compressing(block: Array) -> bool:
    sample = _bytes(block)[:SAMPLE_BYTES]
    return len(zlib.compress(sample, 1)) < len(sample) // 2


def _write(file: BinaryIO, block: Array) -> None:
    """Write what `numpy.save` would, which hears no error of the last bytes of a file."""
    np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(block))
    file.write(_bytes(block))


def _write_compressed(file: BinaryIO, block: Array) -> None:
    """Write what `numpy.savez_compressed` would, with the fastest compression."""
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("data.npy", "w") as member,
    ):
        np.lib.format.write_array(member, block, allow_pickle=False)
