"""One array in a file that `numpy.load` reads.

Tested by tests/unit/integrations/napari/session/test_blocks.py.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from desktopd.integrations.napari.session.whole_files import replacing
from desktopd.openers import itself_at_once

SAMPLE_BYTES = 1 << 16
LARGEST_FILE = 1 << 30
"""Bytes: what is larger is no block."""

Array = NDArray[Any]


def read_block(path: Path) -> Array:
    """The array of a file; raises OSError where a disk fails, ValueError where it is not whole."""
    with open(path, "rb", opener=itself_at_once) as file:
        # Of a disk that fails numpy would say no more than that a file is short.
        content = io.BytesIO(file.read(LARGEST_FILE))
    try:
        if path.suffix == ".npy":
            array: Array = np.lib.format.read_array(content, allow_pickle=False)
        else:
            array = np.load(content, allow_pickle=False)["data"]
    except Exception as error:
        # Anything may lie there.
        raise ValueError(f"{path.name} is not whole: {error}") from None
    return array


def write_block(path: Path, block: Array) -> int:
    """Put an array, in C order, into a file; gives its bytes. Raises OSError unless all are there.

    The file is as `numpy.save` or `numpy.savez_compressed` would write it, by its suffix.
    """
    with replacing(path) as file:
        (_write_compressed if path.suffix == ".npz" else _write)(file, block)
        return file.tell()


def suffix_for(block: Array) -> str:
    """How a file is to end that holds this array: whether it is worth compressing."""
    sample = bytes_of(block)[:SAMPLE_BYTES].data
    return ".npz" if len(zlib.compress(sample, 1)) < len(sample) // 2 else ".npy"


def bytes_of(block: Array) -> NDArray[np.uint8]:
    """The bytes of an array in C order; of another, of a copy."""
    return np.ascontiguousarray(block).reshape(-1).view(np.uint8)


def _write(file: BinaryIO, block: Array) -> None:
    # `numpy.save` hears no error of the last bytes of a file.
    np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(block))
    file.write(bytes_of(block).data)


def _write_compressed(file: BinaryIO, block: Array) -> None:
    """With the fastest compression."""
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("data.npy", "w") as member,
    ):
        np.lib.format.write_array(member, block, allow_pickle=False)
