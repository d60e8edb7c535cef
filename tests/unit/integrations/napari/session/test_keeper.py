"""What becomes of a session that cannot be had when napari begins, with Qt's loop alone."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.restored import KEPT
from tests.unit.integrations.napari.session.restoring import RNG, names, saved

QtCore = pytest.importorskip("qtpy.QtCore")

WITHIN = 60.0
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]
PAINT = RNG.integers(0, 9, (64, 64))
Keep = Callable[..., tuple[Any, Any]]


@pytest.fixture
def session(tmp_path: Path) -> Path:
    """A session of Labels, in a folder of sessions."""
    from napari.components import ViewerModel

    viewer = ViewerModel()
    viewer.add_labels(PAINT.copy(), name="paint")
    folder = SessionFolder(tmp_path / "kept" / "session")
    folder.commit({"argv": [], **saved(viewer, folder.blocks)})
    return folder.folder


@pytest.fixture
def keep(session: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keep]:
    """A viewer with the layers of a command, by their names, and what keeps its session."""
    from napari.components import ViewerModel

    from desktopd.integrations.napari import main_thread
    from desktopd.integrations.napari.changes import Changes
    from desktopd.integrations.napari.session import keeper as keeper_module

    monkeypatch.setattr(keeper_module, "PAUSES", (0, 0))
    application = QtCore.QCoreApplication.instance() or QtCore.QCoreApplication([])
    keepers: list[Any] = []

    def begin(*names: str) -> tuple[Any, Any]:
        main, viewer = main_thread.MainThread(), ViewerModel()
        for name in names:
            viewer.add_points([[1, 1]], name=name)
        keepers.append(keeper_module.Keeper(main, session))
        changes = Changes(main)
        keepers[-1].keep(viewer, changes, lambda: None)
        changes.follow(viewer)
        return viewer, keepers[-1]

    yield begin
    for keeper in keepers:
        application.aboutToQuit.disconnect(keeper._end)
        keeper._autosave.stop()


def save(keeper: Any) -> dict[str, Any]:
    asked = keeper.save()
    ends = time.monotonic() + WITHIN
    while not asked.done():
        assert time.monotonic() < ends
        QtCore.QCoreApplication.instance().processEvents()
    return dict(asked.result()["saved"])


def spoil_disk(session: Path) -> Callable[[], object]:
    session.parent.rename(session.parent.with_name("away"))
    session.parent.write_text("no folder")

    def mend() -> None:
        session.parent.unlink()
        session.parent.with_name("away").rename(session.parent)

    return mend


def spoil_folder(session: Path) -> Callable[[], object]:
    session.chmod(0o777)
    return lambda: session.chmod(0o700)


def contents(session: Path) -> list[tuple[str, list[str]]]:
    document = SessionFolder(session).load()
    assert document is not None
    return [
        (key, [record["name"] for record in document.get(key, ())])
        for key in ("layers", "unrestored")
    ]


@pytest.mark.parametrize("spoil", [spoil_disk, spoil_folder])
def test_a_session_that_cannot_be_had_now_is_there_beside_what_is_made_meanwhile(
    keep: Keep, session: Path, spoil: Callable[[Path], Callable[[], object]]
) -> None:
    mend = spoil(session)
    viewer, keeper = keep()
    (missing,) = keeper.state["restored"]["missing"]
    assert missing["name"] == "session"
    assert missing["reason"].endswith(KEPT)
    viewer.add_labels(np.eye(9, dtype=int), name="new")
    assert save(keeper)["error"]
    mend()
    viewer.layers["new"].opacity = 0.5
    assert save(keeper)["error"] is None
    assert contents(session) == [("layers", ["new"]), ("unrestored", ["paint"])]
    # Whoever closes this napari has not seen the other session.
    keeper._autosave.stop()
    keeper._end()
    assert contents(session) == [("layers", ["paint"]), ("unrestored", [])]
    (record,) = (SessionFolder(session).load() or {})["layers"]
    data = Blocks(session / "blocks").get(record["data"]["$array"]["blocks"], "<i8", (64, 64))
    assert np.array_equal(data, PAINT)


def test_a_session_that_is_broken_lies_beside_and_is_told(keep: Keep, session: Path) -> None:
    (session / "session.json").write_text("{")
    viewer, keeper = keep()
    (missing,) = keeper.state["restored"]["missing"]
    assert missing["reason"].endswith(f"it lies in {session.parent / 'failed'}")
    viewer.add_labels(np.eye(9, dtype=int), name="new")
    assert save(keeper)["error"] is None
    assert contents(session)[0] == ("layers", ["new"])
    assert len([*(session.parent / "failed" / "blocks").iterdir()]) > 0


def test_a_session_that_cannot_be_read_for_long_lies_beside_and_another_is_saved(
    keep: Keep, session: Path
) -> None:
    spoil_folder(session)
    viewer, keeper = keep()
    viewer.add_labels(np.eye(9, dtype=int), name="new")
    assert save(keeper)["error"]
    keeper._folder._patient_until = 0.1
    viewer.layers["new"].opacity = 0.5
    assert save(keeper)["error"] is None
    (missing,) = keeper.state["restored"]["missing"]
    assert missing["reason"].endswith(f"it lies in {session.parent / 'failed'}")
    assert contents(session) == [("layers", ["new"]), ("unrestored", [])]
    (session.parent / "failed").chmod(0o700)
    assert contents(session.parent / "failed")[0] == ("layers", ["paint"])


@pytest.fixture
def one_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each keeper has the same, as if the process of the one before had ended."""
    from desktopd.integrations.napari.session import keeper as keeper_module

    monkeypatch.setattr(keeper_module, "claim", lambda folder: folder)


def end(keeper: Any) -> None:
    assert save(keeper)["error"] is None
    keeper._folder.tried()
    keeper._autosave.stop()


@pytest.mark.usefixtures("one_folder")
@pytest.mark.parametrize("left", [[], ["a"], ["a", "b"]])
def test_what_the_command_has_and_its_user_has_removed_stays_away(
    keep: Keep, session: Path, left: list[str]
) -> None:
    (session / "session.json").unlink()
    viewer, keeper = keep("a", "b")
    for name in {"a", "b"} - set(left):
        del viewer.layers[name]
    end(keeper)
    for _ in range(2):
        viewer, keeper = keep("a", "b")
        assert [layer.name for layer in viewer.layers] == left
        assert keeper.state["restored"]["missing"] == []
        end(keeper)
    viewer, keeper = keep("a", "b", "new")
    assert {layer.name for layer in viewer.layers} == {*left, "new"}


def test_a_session_without_layers_of_before_leaves_the_command_its_own(
    keep: Keep, session: Path
) -> None:
    SessionFolder(session).commit({"argv": sys.argv, "layers": [], "view": {}})
    viewer, keeper = keep("a")
    assert [layer.name for layer in viewer.layers] == ["a"]
    assert keeper.state["restored"] is None


ELSEWHERE: list[tuple[list[str], list[str], int]] = [
    (["/old/bin/napari", "a.py"], ["/new/bin/napari", "a.py"], 1),
    (["napari", "a.py"], ["/new/bin/napari", "a.py"], 1),
    (["/old/bin/napari", "a.py"], ["/old/bin/napari", "b.py"], 2),
    (["/old/bin/napari"], ["/old/bin/ipython"], 2),
    ([], ["napari"], 2),
]


@pytest.mark.usefixtures("one_folder")
@pytest.mark.parametrize(("argv", "now", "layers"), ELSEWHERE)
def test_a_command_is_the_same_wherever_its_program_lies(
    keep: Keep,
    session: Path,
    monkeypatch: pytest.MonkeyPatch,
    argv: list[str],
    now: list[str],
    layers: int,
) -> None:
    (session / "session.json").unlink()
    monkeypatch.setattr(sys, "argv", argv)
    end(keep("a")[1])
    monkeypatch.setattr(sys, "argv", now)
    assert len(keep("a")[0].layers) == layers


@pytest.mark.parametrize("argv", [None, 3, {}, [3], [[]], "napari"])
def test_a_command_that_is_none_keeps_no_session_from_coming_back(
    keep: Keep, session: Path, argv: Any
) -> None:
    folder = SessionFolder(session)
    document = folder.load() or {}
    folder.commit({**document, "argv": argv})
    viewer, keeper = keep("a")
    assert [layer.name for layer in viewer.layers] == ["a", "paint"]
    assert keeper.state["restored"]["missing"] == []


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_kept_for_another_time_is_so_whatever_viewers_follow(
    keep: Keep, session: Path, count: int
) -> None:
    from napari.components import ViewerModel

    from desktopd.integrations.napari.changes import Changes

    blocks = session / "blocks"
    blocks.rename(session / "away")
    viewer, keeper = keep("pts")
    assert (names(viewer), save(keeper)["error"]) == (["pts"], None)
    for number in range(count):
        viewer, changes = ViewerModel(), Changes(keeper._main)
        keeper.keep(viewer, changes, lambda: None)
        changes.follow(viewer)
        viewer.add_points([[1, 1]], name=f"of {number}")
        assert save(keeper)["error"] is None
    assert contents(session)[1] == ("unrestored", ["paint"])
    # Who closes napari ends that too.
    keeper._end()
    viewer, changes = ViewerModel(), Changes(keeper._main)
    keeper.keep(viewer, changes, lambda: None)
    changes.follow(viewer)
    assert save(keeper)["error"] is None
    assert contents(session)[1] == ("unrestored", [])
