"""Layers that a script adds when its session is back already, and who else adds some."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.integrations.napari.session.test_keeper import save

QtCore = pytest.importorskip("qtpy.QtCore")

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]
SCRIPT = "/data/view.py"
Start = Callable[[], tuple[Any, Any]]


def run(viewer: Any, code: str, file: str = SCRIPT) -> Any:
    """What `code` gives that stands in a file, in a function that Qt calls while its loop runs."""
    found: dict[str, Any] = {"v": viewer, "np": np}
    exec(compile(f"def called():\n    return {code}", file, "exec"), found)
    results: list[Any] = []
    loop = QtCore.QEventLoop()

    def call() -> None:
        results.append(found["called"]())
        QtCore.QTimer.singleShot(0, loop.quit)

    QtCore.QTimer.singleShot(0, call)
    loop.exec()
    QtCore.QCoreApplication.instance().processEvents()
    return results[0]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts the script, which begins with an image, the process before having been killed."""
    from napari.components import ViewerModel

    from desktopd.integrations.napari import main_thread
    from desktopd.integrations.napari.changes import Changes
    from desktopd.integrations.napari.session import keeper as keeper_module

    # A lock would be this process's until it ends.
    monkeypatch.setattr(keeper_module, "claim", lambda folder: folder)
    monkeypatch.setattr("sys.argv", ["napari", SCRIPT])
    application = QtCore.QCoreApplication.instance() or QtCore.QCoreApplication([])
    keepers: list[Any] = []

    def kill() -> None:
        for keeper in keepers:
            application.aboutToQuit.disconnect(keeper._end)
            keeper._autosave.stop()
            keeper._folder.tried()
        keepers.clear()

    def begin() -> tuple[Any, Any]:
        kill()
        main, viewer = main_thread.MainThread(), ViewerModel()
        viewer.add_image(np.ones((9, 9)), name="img")
        keepers.append(keeper_module.Keeper(main, tmp_path / "session"))
        changes = Changes(main)
        keepers[-1].keep(viewer, changes, lambda: None)
        changes.follow(viewer)
        return viewer, keepers[-1]

    yield begin
    kill()


def names(viewer: Any) -> list[str]:
    return [layer.name for layer in viewer.layers]


ADD = {
    "labels": ("v.add_labels(np.zeros((9, 9), int), name='late')", np.full((9, 9), 7)),
    "image": ("v.add_image(np.zeros((9, 9)), name='late')", np.full((9, 9), 0.5)),
    "points": ("v.add_points(np.zeros((0, 2)), name='late')", np.ones((3, 2))),
    "surface": (
        "v.add_surface((np.eye(3), np.array([[0, 1, 2]]), np.zeros(3)), name='late')",
        (np.eye(3) + 1, np.array([[0, 1, 2]]), np.ones(3)),
    ),
}


@pytest.mark.parametrize("kind", ADD)
def test_what_a_script_adds_late_is_its_own_at_each_start(start: Start, kind: str) -> None:
    code, data = ADD[kind]
    viewer, keeper = start()
    layer = run(viewer, code)
    layer.data, layer.opacity = data, 0.25
    for _ in range(2):
        assert save(keeper)["error"] is None
        viewer, keeper = start()
        assert sorted(names(viewer)) == ["img", "late"]
        viewer.layers["late"].blending = "additive"
        viewer.layers.move(viewer.layers.index("late"), 0)
        layer = run(viewer, code)
        assert names(viewer) == ["late", "img"]
        assert viewer.layers["late"] is layer
        assert (layer.opacity, layer.blending) == (0.25, "additive")
        for one, other in zip(layer.data, data, strict=True):
            assert np.array_equal(one, other)


def test_what_is_painted_before_it_comes_is_there_in_the_scripts_own_array(start: Start) -> None:
    code = "v.add_labels(np.zeros((9, 9), int), name='late')"
    viewer, keeper = start()
    run(viewer, code).data_setitem((np.array([0]), np.array([0])), 5)
    save(keeper)
    viewer, keeper = start()
    viewer.layers["late"].data_setitem((np.array([1]), np.array([1])), 6)
    viewer.layers["late"].name = "renamed"
    held = np.zeros((9, 9), int)
    viewer.layers[0].metadata["held"] = held
    run(viewer, "v.add_labels(v.layers[0].metadata['held'], name='late')")
    assert names(viewer) == ["img", "renamed"]
    assert (held[0, 0], held[1, 1]) == (5, 6)
    assert viewer.layers["renamed"].data is held


@pytest.mark.parametrize("file", ["/site-packages/plugin.py", "<ipython-input-1>"])
def test_what_others_add_takes_nothing(start: Start, file: str) -> None:
    code = "v.add_labels(np.zeros((9, 9), int), name='late')"
    viewer, keeper = start()
    run(viewer, code).data = np.full((9, 9), 7)
    save(keeper)
    viewer, keeper = start()
    layer = run(viewer, code, file)
    assert names(viewer) == ["img", "late", "late [1]"]
    assert layer.data.sum() == 0
    # What they have added once comes back as theirs, and the script's beside it.
    save(keeper)
    viewer, keeper = start()
    assert names(viewer) == ["img", "late", "late [1]"]
    run(viewer, code)
    assert names(viewer) == ["img", "late", "late [1]"]


def test_another_kind_of_that_name_takes_nothing(start: Start) -> None:
    viewer, keeper = start()
    run(viewer, "v.add_labels(np.ones((9, 9), int), name='late')")
    save(keeper)
    viewer, keeper = start()
    run(viewer, "v.add_points([[1, 1]], name='late')")
    assert names(viewer) == ["img", "late", "late [1]"]
    assert viewer.layers["late"].data.sum() == 81
