"""Layers whose data lies in files of their own, which get what is painted, also after a restart."""

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session import capture as captured
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.made import note_made
from desktopd.integrations.napari.session.own_file import is_filed
from desktopd.integrations.napari.session.restore_layer import COPY, OTHER, UNMADE
from tests.unit.integrations.napari.session.restoring import names, restored, saved

# What napari's own libraries warn of is not ours to mend.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from napari.components import ViewerModel
    from npe2 import DynamicPlugin

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]


def mapped(tmp_path: Path, name: str = "paint", mode: Any = None, size: int = 9) -> Any:
    path = tmp_path / name
    if not path.exists():
        path.write_bytes(bytes(4 * size * size))
    return np.memmap(path, dtype="i4", mode=mode or "r+", shape=(size, size))


VIEWS: dict[str, Callable[[Any], Any]] = {
    "itself": lambda array: array,
    "a part": lambda array: array[2:, ::2],
    "a plain array of it": lambda array: np.asarray(array).T,
    "levels": lambda array: [array, array[::2, ::2]],
}


def script(tmp_path: Path, view: Callable[[Any], Any] = VIEWS["itself"]) -> ViewerModel:
    viewer = ViewerModel()
    viewer.add_labels(view(mapped(tmp_path)), name="paint")
    note_made(viewer.layers)
    return viewer


def on_disk(tmp_path: Path) -> Any:
    return np.array(mapped(tmp_path, mode="r"))


def first(data: Any) -> Any:
    return data if isinstance(data, np.ndarray) else data[0]


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_paint_goes_on_to_its_file(
    blocks: Blocks, tmp_path: Path, view: Callable[[Any], Any]
) -> None:
    viewer = script(tmp_path, view)
    for value in (3, 4):
        first(viewer.layers[0].data)[1, 1] = value
        viewer.layers[0].name = f"mine {value}"
        document = saved(viewer, blocks)
        viewer, told, kept = restored(document, blocks, script(tmp_path, view))
        assert (names(viewer), told.missing, told.unsaved, kept) == ([f"mine {value}"], [], [], [])
        assert is_filed(viewer.layers[0].data)
        assert (on_disk(tmp_path) == value).sum() == 1


def test_images_of_files_are_the_script_s_too(blocks: Blocks, tmp_path: Path) -> None:
    def make() -> ViewerModel:
        viewer = ViewerModel()
        viewer.add_image(mapped(tmp_path), name="image")
        note_made(viewer.layers)
        return viewer

    viewer, told, _ = restored(saved(make(), blocks), blocks, make())
    assert is_filed(viewer.layers["image"].data)
    assert told.missing == []


@pytest.mark.parametrize("differs", [False, True])
def test_a_copy_of_an_older_session_gives_way_to_a_file_that_has_the_same(
    blocks: Blocks, tmp_path: Path, differs: bool
) -> None:
    viewer = ViewerModel()
    mapped(tmp_path)[3, 3] = 5
    viewer.add_labels(on_disk(tmp_path), name="paint")
    document = saved(viewer, blocks)
    del document["layers"][0]["made"], document["layers"][0]["filed"]
    if differs:
        mapped(tmp_path)[3, 3] = 6
    for _ in range(2):
        viewer, told, _ = restored(document, blocks, script(tmp_path))
        (layer,) = viewer.layers
        assert is_filed(layer.data) is not differs
        assert layer.data[3, 3] == 5
        # It is told once: from then on the layer is known to be none of the file's.
        reasons = [OTHER] if differs and document["layers"][0].get("made") is None else []
        assert [one["reason"] for one in told.missing] == reasons
        document = saved(viewer, blocks)
    assert on_disk(tmp_path)[3, 3] == (6 if differs else 5)


@pytest.fixture
def reader() -> Iterator[str]:
    """The name of a plugin that reads arrays into which its layers are painted."""
    plugin = DynamicPlugin("mapping")

    def read(path: str) -> list[Any]:
        return [(np.load(path, mmap_mode="r+"), {"name": "paint"}, "labels")]

    def mapped(path: str) -> Callable[[str], list[Any]]:
        return read

    with plugin:
        plugin.contribute.reader(filename_patterns=["*.npy"])(mapped)
        yield plugin.name


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("change", ["none", "other", "away"])
def test_what_a_reader_gave_is_painted_into_its_file_where_it_has_the_same(
    blocks: Blocks, tmp_path: Path, reader: str, change: str, opened: bool
) -> None:
    path = tmp_path / "labels.npy"
    np.save(path, np.zeros((9, 9), "i4"))
    viewer = ViewerModel()
    (layer,) = viewer.open(path, plugin=reader)
    layer.paint((3, 3), 5)
    layer.name = "mine"
    document = saved(viewer, blocks)
    if change == "other":
        np.load(path, mmap_mode="r+")[7, 7] = 6
    if change == "away":
        path.rename(tmp_path / "away")
    viewer = ViewerModel()
    if opened and change != "away":
        viewer.open(path, plugin=reader)
    viewer, told, kept = restored(document, blocks, viewer)
    (layer,) = viewer.layers
    assert (layer.name, layer.data[3, 3], layer.data[7, 7], kept) == ("mine", 5, 0, [])
    assert is_filed(layer.data) is (change == "none")
    reasons = {"none": [], "other": [OTHER], "away": [COPY]}[change]
    assert [one["reason"] for one in told.missing] == reasons


def test_what_no_command_opens_is_a_copy_and_that_is_told(blocks: Blocks, tmp_path: Path) -> None:
    viewer = ViewerModel()
    layer = viewer.add_labels(mapped(tmp_path), name="paint")
    layer.paint((3, 3), 5)
    document = saved(viewer, blocks)
    for reasons in ([COPY], []):
        viewer, told, _ = restored(document, blocks)
        assert viewer.layers["paint"].data[3, 3] == 5
        assert ([one["reason"] for one in told.missing], told.unsaved) == (reasons, ["paint"])
        document = saved(viewer, blocks)


def test_images_of_files_that_no_command_opens_are_saved_as_those_of_no_file_are(
    blocks: Blocks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks = mapped(tmp_path, "tracks", size=4)
    tracks[:] = np.arange(16).reshape(4, 4)
    viewer = ViewerModel()
    viewer.add_image(mapped(tmp_path), name="image")
    viewer.add_image([mapped(tmp_path), mapped(tmp_path)[::2, ::2]], name="levels")
    viewer.add_surface((mapped(tmp_path, "corners", size=3), np.array([[0, 1, 2]])), name="surface")
    viewer.add_tracks(tracks, name="tracks")
    viewer.add_vectors(mapped(tmp_path, "vectors", size=4).reshape(4, 2, 2), name="vectors")
    again, told, _ = restored(saved(viewer, blocks), blocks)
    assert (told.layers, told.missing) == (names(viewer), [])
    assert np.array_equal(again.layers["tracks"].data, tracks)
    monkeypatch.setattr(captured, "LARGEST_COPY", 0)
    _, told, _ = restored(saved(viewer, blocks), blocks)
    assert [one["name"] for one in told.missing] == names(viewer)
    assert "a file of its own, which no command" in told.missing[0]["reason"]


def test_what_is_too_large_for_a_copy_is_the_file_s_and_asked_for_again(
    blocks: Blocks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captured, "LARGEST_COMPUTED", 0)
    viewer = script(tmp_path)
    viewer.layers[0].opacity = 0.25
    document = saved(viewer, blocks)
    viewer, told, _ = restored(document, blocks, script(tmp_path))
    assert (viewer.layers["paint"].opacity, told.missing) == (0.25, [])
    _, told, kept = restored(document, blocks)
    assert [one["reason"] for one in told.missing] == [UNMADE]
    document = {**saved(ViewerModel(), blocks), "unrestored": kept}
    viewer, told, kept = restored(document, blocks, script(tmp_path))
    assert (viewer.layers["paint"].opacity, told.missing, kept) == (0.25, [], [])


def _older(path: Path) -> None:
    shutil.copy2(path.with_name("before"), path)


def _renamed(path: Path) -> None:
    shutil.copy(path, path.with_name("new"))
    np.memmap(path.with_name("new"), "i4", "r+", shape=(9, 9))[5] = 8
    path.with_name("new").rename(path)


OTHERWISE: dict[str, Callable[[Path], object]] = {
    "painted after the last save": lambda path: mapped(path.parent).__setitem__(1, 4),
    "made anew from the same image": lambda path: mapped(path.parent).__setitem__((1, 1), 0),
    "blank": lambda path: path.write_bytes(bytes(4 * 81)),
    "an older one": _older,
    "another that was renamed": _renamed,
}


@pytest.mark.parametrize("change", OTHERWISE.values(), ids=OTHERWISE)
def test_where_a_file_has_other_data_both_are_kept_and_that_is_told(
    blocks: Blocks, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    mapped(tmp_path)[8] = 2
    shutil.copy2(tmp_path / "paint", tmp_path / "before")
    viewer = script(tmp_path)
    viewer.layers[0].data[1, 1] = 3
    before = np.array(viewer.layers[0].data)
    document = saved(viewer, blocks)
    change(tmp_path / "paint")
    there = on_disk(tmp_path)
    assert not np.array_equal(there, before)
    for reasons in ([OTHER], []):
        viewer, told, _ = restored(document, blocks, script(tmp_path))
        assert np.array_equal(viewer.layers["paint"].data, before)
        assert ([one["reason"] for one in told.missing], told.unsaved) == (reasons, ["paint"])
        viewer.layers["paint"].paint((7, 7), 6)
        before = np.array(viewer.layers["paint"].data)
        document = saved(viewer, blocks)
        assert np.array_equal(on_disk(tmp_path), there)


def test_what_was_in_memory_is_not_what_a_file_of_that_name_has(
    blocks: Blocks, tmp_path: Path
) -> None:
    viewer = ViewerModel()
    viewer.add_labels(np.zeros((9, 9), "i4"), name="paint").paint((5, 5), 7)
    note_made(viewer.layers)
    document = saved(viewer, blocks)
    mapped(tmp_path)[1] = 1
    viewer, told, _ = restored(document, blocks, script(tmp_path))
    assert viewer.layers["paint"].data[5, 5] == 7
    assert [one["reason"] for one in told.missing] == [OTHER]


ANEW: dict[str, Callable[[Path], Any]] = {
    "memmap": lambda path: np.memmap(path, "i4", "w+", shape=(9, 9)),
    "npy": lambda path: np.lib.format.open_memmap(path, "w+", np.dtype("i4"), (9, 9)),
    "saved": lambda path: np.save(path, np.zeros((9, 9), "i4")) or np.load(path, mmap_mode="r+"),
    "copied": lambda path: _copied(path),
}


def _copied(path: Path) -> Any:
    template = path.with_name("template")
    if not template.exists():
        template.write_bytes(bytes(4 * 81))
        os.utime(template, (0, 0))
    shutil.copy2(template, path)
    return np.memmap(path, "i4", "r+", shape=(9, 9))


@pytest.mark.parametrize("make", ANEW.values(), ids=ANEW)
def test_paint_in_a_file_that_the_command_makes_anew_is_there_again(
    blocks: Blocks, tmp_path: Path, make: Callable[[Path], Any]
) -> None:
    def scratch() -> ViewerModel:
        viewer = ViewerModel()
        viewer.add_labels(make(tmp_path / "scratch.npy"), name="paint")
        note_made(viewer.layers)
        return viewer

    viewer = scratch()
    viewer.layers["paint"].paint((3, 3), 5)
    viewer, told, _ = restored(saved(viewer, blocks), blocks, scratch())
    assert viewer.layers["paint"].data[3, 3] == 5
    assert [one["reason"] for one in told.missing] == [OTHER]


def test_paint_that_reaches_no_file_is_kept(blocks: Blocks, tmp_path: Path) -> None:
    viewer = ViewerModel()
    viewer.add_labels(mapped(tmp_path, mode="c"), name="paint").paint((3, 3), 5)
    viewer.add_labels(mapped(tmp_path) + 1, name="sum")
    viewer.add_labels(mapped(tmp_path).copy(), name="copy")
    note_made(viewer.layers)
    assert all(record["data"] for record in saved(viewer, blocks)["layers"])
