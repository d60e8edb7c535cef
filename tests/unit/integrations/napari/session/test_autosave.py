"""When what is saved, with Qt's loop and without a window."""

import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dask import array as computed
from dask import delayed
from qtpy import QtCore

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.folder import SessionFolder
from tests.unit.integrations.napari.session.restoring import restored

WITHIN = 60.0
pytestmark = pytest.mark.filterwarnings("ignore")
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def wait() -> Wait:
    """Run Qt's loop until something is so."""
    application = QtCore.QCoreApplication.instance() or QtCore.QCoreApplication([])

    def until(condition: Callable[[], object]) -> None:
        ends = time.monotonic() + WITHIN
        while not condition():
            assert time.monotonic() < ends
            application.processEvents()
            time.sleep(0.005)

    until(lambda: True)
    return until


@pytest.fixture
def viewer() -> Any:
    from napari.components import ViewerModel

    return ViewerModel()


@pytest.fixture
def autosave(wait: Wait, viewer: Any, tmp_path: Path) -> Iterator[Any]:
    from desktopd.integrations.napari.main_thread import MainThread
    from desktopd.integrations.napari.session.autosave import Autosave

    folder = SessionFolder(tmp_path / "session")
    folder.earlier.add_unrestored([{"name": "away"}])
    autosave = Autosave(MainThread(), folder, viewer, lambda: None)
    yield autosave
    autosave.stop()


def saved(tmp_path: Path) -> dict[str, Any]:
    document = SessionFolder(tmp_path / "session").load()
    assert document is not None
    return document


def slowly(seconds: float) -> Any:
    def work() -> Any:
        time.sleep(seconds)
        return np.zeros((9, 9), int)

    return computed.from_delayed(delayed(work, pure=False)(), (9, 9), int)


def test_a_layer_that_takes_long_has_no_other_wait(
    autosave: Any, viewer: Any, wait: Wait, tmp_path: Path
) -> None:
    slow = viewer.add_labels(slowly(2.0), name="slow")
    fast = viewer.add_labels(np.zeros((9, 9), int), name="fast")
    autosave.changed(slow)
    autosave.changed(fast)
    wait(lambda: autosave.saved_at)
    first = autosave.saved_at
    slow.data = slowly(2.0)
    slow.name = "slower"
    fast.name = "faster"
    autosave.changed(slow)
    autosave.changed(fast)
    wait(lambda: autosave.saved_at != first)
    assert [one["name"] for one in saved(tmp_path)["layers"]] == ["slow", "faster"]
    assert autosave.is_pending
    done: list[bool] = []
    autosave.save(lambda: done.append(True))
    wait(lambda: done)
    assert not autosave.is_pending
    assert [one["name"] for one in saved(tmp_path)["layers"]] == ["slower", "faster"]
    assert saved(tmp_path)["unrestored"] == [{"name": "away"}]


def test_a_viewer_that_raises_ends_no_saving(
    autosave: Any, viewer: Any, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "desktopd.integrations.napari.session.autosave.capture_view"
    layer = viewer.add_labels(np.zeros((9, 9), int), name="paint")
    with monkeypatch.context() as broken:
        broken.setattr(module, lambda viewer: 1 / 0)
        autosave.changed(layer)
        wait(lambda: autosave.error)
    autosave.changed(None)
    wait(lambda: autosave.saved_at)
    assert autosave.error is None
    assert [one["name"] for one in saved(tmp_path)["layers"]] == ["paint"]


def test_what_could_not_be_computed_is_tried_again_with_the_next_save(
    autosave: Any, viewer: Any, wait: Wait, tmp_path: Path
) -> None:
    away: list[bool] = []

    def work() -> Any:
        if away:
            raise RuntimeError("away")
        return np.ones((9, 9), int)

    numbers = computed.from_delayed(delayed(work, pure=False)(), (9, 9), int)
    layer = viewer.add_labels(numbers, name="paint")
    away.append(True)
    autosave.changed(layer)
    wait(lambda: autosave.not_kept)
    assert saved(tmp_path)["layers"][0]["data"] is None
    away.clear()
    viewer.title = "mine"

    def is_kept() -> bool:
        if not autosave.is_pending:
            autosave.changed(None)
        return not autosave.not_kept

    wait(is_kept)
    assert saved(tmp_path)["layers"][0]["data"] is not None


@pytest.mark.parametrize("what", ["name", "source", "data", "metadata", "features", "take"])
def test_whatever_a_layer_raises_who_waits_is_told_and_the_next_save_is_whole(
    autosave: Any,
    viewer: Any,
    wait: Wait,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    def fail(*_: object) -> Any:
        raise RuntimeError("in the midst of something")

    layer = viewer.add_labels(np.zeros((9, 9), int), name="paint")
    viewer.add_labels(np.zeros((9, 9), int), name="other")
    autosave.changed(layer)
    ask(autosave, wait)
    layer.data[3, 3] = 7
    done: list[str | None] = []
    with monkeypatch.context() as broken:
        if what == "take":
            broken.setattr(autosave._taking, "take", fail)
        else:
            broken.setattr(type(layer), what, property(fail))
        autosave.changed(layer)
        autosave.save(lambda: done.append(autosave.error))
        wait(lambda: done)
        assert "in the midst of something" in (done[0] or "")
        assert [one["name"] for one in saved(tmp_path)["layers"]] == ["paint", "other"]
    ask(autosave, wait)
    blocks = SessionFolder(tmp_path / "session").blocks
    assert restored(saved(tmp_path), blocks)[0].layers["paint"].data[3, 3] == 7


def test_what_is_painted_into_files_that_are_read_as_they_are_shown_is_saved(
    autosave: Any, viewer: Any, wait: Wait, tmp_path: Path
) -> None:
    from napari.layers._source import layer_source

    with layer_source(path="/data/cells.tif", reader_plugin="napari"):
        layer = viewer.add_labels(computed.zeros((9, 9), dtype=int, chunks=3), name="cells")
    autosave.changed(layer)
    wait(lambda: autosave.saved_at)
    assert saved(tmp_path)["layers"][0]["data"] is None
    first = autosave.saved_at
    layer.paint((3, 3), 5)
    autosave.changed(layer)
    wait(lambda: autosave.saved_at != first)
    array = saved(tmp_path)["layers"][0]["data"]["$array"]
    blocks = SessionFolder(tmp_path / "session").blocks
    found = blocks.get(array["blocks"], array["dtype"], array["shape"])
    assert np.array_equal(found, np.asarray(layer.data))
    assert (found == 5).any()


def test_what_could_not_be_saved_is_tried_again_by_itself_and_when_it_is_asked_for(
    autosave: Any, viewer: Any, wait: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(blocks: object, wanted: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    layer = viewer.add_labels(np.zeros((99, 99), int), name="paint")
    done: list[str | None] = []
    with monkeypatch.context() as disk:
        disk.setattr(Blocks, "_check_space", full)
        autosave.changed(layer)
        autosave.save(lambda: done.append(autosave.error))
        wait(lambda: done)
        assert "No space left" in (done[0] or "")
    autosave.save(lambda: done.append(autosave.error))
    wait(lambda: len(done) == 2)
    assert done[1] is None
    with monkeypatch.context() as disk:
        disk.setattr(Blocks, "_check_space", full)
        layer.data = np.ones((99, 99), int)
        autosave.changed(layer)
        wait(lambda: autosave.error)
    wait(lambda: autosave.error is None)
    assert not autosave.is_pending


def test_a_save_is_told_although_changes_go_on(
    autosave: Any, viewer: Any, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = viewer.add_labels(np.zeros((9, 9), int), name="paint")
    done: list[bool] = []
    saves: list[float] = []
    submit = autosave._writer.submit

    def submitted(*args: Any) -> None:
        saves.append(time.monotonic())
        autosave.changed(layer)
        submit(*args)

    monkeypatch.setattr(autosave._writer, "submit", submitted)
    autosave.changed(layer)
    autosave.save(lambda: done.append(True))
    wait(lambda: done)
    assert len(saves) == 2


def ask(autosave: Any, wait: Wait) -> None:
    done: list[bool] = []
    autosave.save(lambda: done.append(True))
    wait(lambda: done)
    assert autosave.error is None


def test_what_is_known_to_have_changed_is_saved_before_everything_is(
    autosave: Any, viewer: Any, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = viewer.add_labels(np.zeros((9, 9), int), name="rest")
    paint = viewer.add_labels(np.zeros((9, 9), int), name="paint")
    autosave.changed(rest)
    autosave.changed(paint)
    wait(lambda: autosave.saved_at)
    taken: list[set[int]] = []
    submit = autosave._writer.submit

    def submitted(order: Any, layers: Any, *args: Any) -> None:
        taken.append(set(layers))
        submit(order, layers, *args)

    monkeypatch.setattr(autosave._writer, "submit", submitted)
    autosave.changed(paint)
    ask(autosave, wait)
    assert taken == [{id(paint)}, {id(rest), id(paint)}]
    ask(autosave, wait)
    assert taken[2:] == [{id(rest), id(paint)}]


def test_whether_a_script_s_data_was_replaced_is_saved(
    wait: Wait, viewer: Any, tmp_path: Path
) -> None:
    from desktopd.integrations.napari.main_thread import MainThread
    from desktopd.integrations.napari.session.autosave import Autosave

    for name in ("same", "another"):
        viewer.add_image(computed.zeros((9, 9)), name=name)
    folder = SessionFolder(tmp_path / "session")
    autosave = Autosave(MainThread(), folder, viewer, lambda: None)
    for layer in viewer.layers:
        autosave.changed(layer)
    another = viewer.layers["another"]
    another.data = another.data + 5
    another.name = "mine"
    ask(autosave, wait)
    autosave.stop()
    made = [record["made"] for record in saved(tmp_path)["layers"]]
    assert made == [
        {"name": "same", "replaced": False},
        {"name": "another", "replaced": True},
    ]


def test_what_does_not_rest_is_not_kept_waiting_for_what_does(
    autosave: Any, viewer: Any, wait: Wait
) -> None:
    slow = viewer.add_labels(slowly(2.0), name="slow")
    autosave.changed(slow)
    wait(lambda: autosave.saved_at)
    slow.data = slowly(2.0)
    autosave.changed(slow)
    first = autosave.saved_at
    fast = viewer.add_labels(np.zeros((9, 9), int), name="fast")
    autosave.changed(fast)
    wait(lambda: autosave.saved_at != first)
    assert autosave.is_pending, "as the other rests for ten times its two seconds"
