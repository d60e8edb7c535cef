"""Which arrays lie in a file of their own, and whether that has the same."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session.own_file import has_same, is_filed, is_in_own_file


def array_of(home: str, **attributes: Any) -> Any:
    return type("Array", (), {"__module__": home, **attributes})()


def store(name: str, **attributes: Any) -> Any:
    return type(name, (), attributes)()


def in_folder(folder: Path, kind: str, described: str) -> Any:
    """What is of zarr's, in a store."""
    (folder / "labels").mkdir()
    (folder / "labels" / described).touch()
    return array_of("zarr.core", store=store(kind, root=folder, path=str(folder)), path="labels")


class InChunks:
    """An array of zarr's that has all planes in one chunk, and counts how often that is read."""

    __module__ = "zarr.core"

    def __init__(self, folder: Path, array: Any) -> None:
        self._array, self.reads = array, 0
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim
        self.store, self.path = store("LocalStore", root=folder), "labels"
        (folder / "labels").mkdir(exist_ok=True)
        (folder / "labels" / "zarr.json").touch()

    def __getitem__(self, key: Any) -> Any:
        self.reads += 1
        return self._array[key]

    def __array__(self, *given: Any, **named: Any) -> Any:
        return self[:]


@pytest.mark.parametrize("is_same", [True, False])
def test_a_chunk_is_not_read_once_for_each_plane(tmp_path: Path, is_same: bool) -> None:
    planes = np.zeros((500, 9, 9), "i4")
    planes[-1, 3, 3] = 5
    array = InChunks(tmp_path, planes.copy())
    assert is_filed(array)
    assert has_same(array, planes if is_same else planes + 1) is is_same
    assert array.reads == 1


STORES = [
    ("LocalStore", "zarr.json", True),
    ("DirectoryStore", ".zarray", True),
    ("ZipStore", "zarr.json", False),
    ("LocalStore", "another", False),
]


@pytest.mark.parametrize(("kind", "described", "is_there"), STORES)
def test_an_array_of_zarr_lies_in_a_folder_where_that_is_known(
    tmp_path: Path, kind: str, described: str, is_there: bool
) -> None:
    assert is_in_own_file(in_folder(tmp_path, kind, described)) == is_there


ARRAYS = [
    array_of("zarr.core.array", store=store("MemoryStore"), path=""),
    array_of("zarr.core", store={}),
    array_of("zarr.new"),
    array_of("dask.array.core"),
    np.eye(3),
]


@pytest.mark.parametrize("array", ARRAYS)
def test_what_is_in_memory_lies_in_no_file(array: Any) -> None:
    assert not is_in_own_file(array)


def test_a_layer_of_nothing_lies_in_no_file() -> None:
    assert not is_filed([])
