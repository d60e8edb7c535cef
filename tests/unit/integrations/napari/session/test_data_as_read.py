"""Whether data is still what a file gave, for each kind of layer."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dask import array as dask
from napari import layers

from desktopd.integrations.napari.session.capture import capture
from desktopd.integrations.napari.session.data_as_read import DataAsRead

FACES = np.array([[0, 1, 2], [1, 2, 3]])
CORNERS = np.eye(4, 3)
LEVELS = [np.eye(8), np.eye(4)]
TRACK = np.array([[0, 0, 1.0, 1], [0, 1, 2, 2]])


def zeros() -> Any:
    return dask.zeros((16, 16), dtype=int, chunks=8)


def read(make: Callable[[], Any]) -> Any:
    """A layer as a reader would have given it."""
    from napari.layers._source import layer_source

    with layer_source(path="/data/cells.tif", reader_plugin="napari"):
        return make()


KINDS: dict[str, Callable[[], Any]] = {
    "image": lambda: layers.Image(np.eye(4)),
    "levels": lambda: layers.Image(LEVELS, multiscale=True),
    "computed levels": lambda: layers.Labels([zeros(), zeros()[::2, ::2]], multiscale=True),
    "computed": lambda: layers.Labels(zeros()),
    "surface": lambda: layers.Surface((CORNERS, FACES)),
    "tracks": lambda: layers.Tracks(TRACK),
    "vectors": lambda: layers.Vectors(np.ones((4, 2, 2))),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_not_touched_is_read_again(kind: str) -> None:
    layer = read(KINDS[kind])
    origin = DataAsRead(layer)
    layer.opacity = 0.5
    assert not origin.is_replaced(layer.data)
    assert capture(layer, replaced=False).data is None


def put(name: str, value: Any) -> Callable[[Any], None]:
    return lambda layer: setattr(layer, name, value)


CHANGES: list[tuple[str, Callable[[Any], None]]] = [
    ("image", put("data", np.eye(4))),
    ("levels", put("data", [np.eye(8), np.eye(4)])),
    ("levels", put("data", [LEVELS[0], np.eye(4)])),
    ("surface", put("data", (np.eye(4, 3), FACES))),
    ("surface", put("vertices", np.eye(4, 3))),
    ("surface", put("vertex_values", np.arange(4.0))),
    ("tracks", put("data", TRACK * 2)),
    ("vectors", put("data", np.zeros((4, 2, 2)))),
    ("computed", lambda layer: layer.paint((3, 3), 5)),
    ("computed", lambda layer: layer.fill((3, 3), 5)),
    ("computed", lambda layer: layer.data.__setitem__((3, 3), 5)),
    ("computed", lambda layer: put("data", layer.data + 5)(layer)),
    ("computed", lambda layer: put("data", np.asarray(layer.data) + 5)(layer)),
]


@pytest.mark.parametrize(("kind", "change"), CHANGES)
def test_what_is_another_is_kept(kind: str, change: Callable[[Any], None]) -> None:
    layer = read(KINDS[kind])
    origin = DataAsRead(layer)
    change(layer)
    assert origin.is_replaced(layer.data)
    captured = capture(layer, replaced=True)
    assert captured.data is not None
    assert captured.lost is None


class Lazy:
    """Numbers that are read as they are asked for, and keep in memory what is put into them."""

    def __init__(self) -> None:
        self._numbers = np.zeros((16, 16), int)
        self.shape, self.ndim, self.dtype = self._numbers.shape, 2, self._numbers.dtype
        self.size, self.nbytes = self._numbers.size, self._numbers.nbytes

    def __getitem__(self, key: Any) -> Any:
        return self._numbers[key].copy()

    def __setitem__(self, key: Any, value: Any) -> None:
        self._numbers[key] = value

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return self._numbers.astype(dtype or self.dtype)


@pytest.mark.parametrize("place", ["somewhere", "MemoryStore", "LocalStore"])
def test_paint_in_arrays_of_other_packages_is_kept_but_where_a_file_has_it(
    monkeypatch: pytest.MonkeyPatch, place: str, tmp_path: Path
) -> None:
    (tmp_path / ".zarray").touch()
    monkeypatch.setattr(Lazy, "__module__", place if place == "somewhere" else "zarr.core")
    store = type(place, (), {"root": tmp_path})()
    monkeypatch.setattr(Lazy, "store", store, raising=False)
    monkeypatch.setattr(Lazy, "path", "", raising=False)
    layer = read(lambda: layers.Labels(Lazy()))
    origin = DataAsRead(layer)
    assert not origin.is_replaced(layer.data)
    layer.paint((3, 3), 5)
    assert origin.is_replaced(layer.data) == (place != "LocalStore")


def test_computed_labels_are_kept_as_they_are_now() -> None:
    layer = read(KINDS["computed"])
    layer.paint((3, 3), 5)
    captured = capture(layer, replaced=True)
    layer.data[9, 9] = 9
    found = np.asarray(captured.data)
    assert (found[3, 3], found[9, 9]) == (5, 0)


def test_computed_labels_beyond_some_gigabytes_are_told() -> None:
    layer = read(lambda: layers.Labels(dask.zeros((300, 1 << 12, 1 << 12), dtype=np.uint8)))
    captured = capture(layer, replaced=True)
    assert captured.data is None
    assert "4800 MiB" in (captured.lost or "")
    assert capture(layer, replaced=False).lost is None
