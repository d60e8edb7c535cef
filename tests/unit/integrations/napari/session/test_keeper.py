"""What becomes of a session that cannot be had when napari begins, with Qt's loop alone."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.restore import KEPT
from tests.unit.integrations.napari.session.restoring import RNG, saved

QtCore = pytest.importorskip("qtpy.QtCore")

WITHIN = 60.0
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]
PAINT = RNG.integers(0, 9, (64, 64))
Keep = Callable[[], tuple[Any, Any]]


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
    """A viewer, and what keeps its session."""
    from napari.components import ViewerModel

    from desktopd.integrations.napari import main_thread
    from desktopd.integrations.napari.changes import Changes
    from desktopd.integrations.napari.session import keeper as keeper_module

    monkeypatch.setattr(keeper_module, "PAUSES", (0, 0))
    application = QtCore.QCoreApplication.instance() or QtCore.QCoreApplication([])
    keepers: list[Any] = []

    def begin() -> tuple[Any, Any]:
        main, viewer = main_thread.MainThread(), ViewerModel()
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
