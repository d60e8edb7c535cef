"""When what is saved, with Qt's loop and without a window."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session.folder import SessionFolder

QtCore = pytest.importorskip("qtpy.QtCore")
computed = pytest.importorskip("dask.array")
dask_delayed = pytest.importorskip("dask").delayed

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
    autosave = Autosave(MainThread(), folder, viewer, lambda: None, unrestored=[{"name": "away"}])
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

    return computed.from_delayed(dask_delayed(work, pure=False)(), (9, 9), int)


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
