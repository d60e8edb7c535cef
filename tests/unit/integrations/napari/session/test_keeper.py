"""What becomes of a session that cannot be had when napari begins, with Qt's loop alone."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.restored import KEPT
from tests.unit.integrations.napari.session.restoring import RNG, ViewerModel, names, saved
from tests.unit.integrations.napari.session.running import Napari, Script

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]
PAINT = RNG.integers(0, 9, (64, 64))


@pytest.fixture
def session(napari: Napari) -> Path:
    """A session of Labels, in a folder of sessions, and no napari."""
    napari.kill()
    viewer = ViewerModel()
    viewer.add_labels(PAINT.copy(), name="paint")
    folder = SessionFolder(napari.folder)
    folder.commit({"argv": [], **saved(viewer, folder.blocks)})
    return folder.folder


def command(*names: str) -> Script:
    """A command that makes layers of these names."""

    def add(viewer: Any) -> None:
        for name in names:
            viewer.add_points([[1, 1]], name=name)

    return add


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
    napari: Napari, session: Path, spoil: Callable[[Path], Callable[[], object]]
) -> None:
    mend = spoil(session)
    napari.start()
    (missing,) = napari.missing
    assert missing["name"] == "session"
    assert missing["reason"].endswith(KEPT)
    napari.viewer.add_labels(np.eye(9, dtype=int), name="new")
    assert napari.save()
    mend()
    napari.viewer.layers["new"].opacity = 0.5
    assert napari.save() is None
    assert contents(session) == [("layers", ["new"]), ("unrestored", ["paint"])]
    # Whoever closes this napari has not seen the other session.
    napari.close()
    assert contents(session) == [("layers", ["paint"]), ("unrestored", [])]
    (record,) = (SessionFolder(session).load() or {})["layers"]
    data = Blocks(session / "blocks").get(record["data"]["$array"]["blocks"], "<i8", (64, 64))
    assert np.array_equal(data, PAINT)


def test_a_session_that_is_broken_lies_beside_and_is_told(napari: Napari, session: Path) -> None:
    (session / "session.json").write_text("{")
    napari.start()
    (missing,) = napari.missing
    assert missing["reason"].endswith(f"it lies in {session.parent / 'failed'}")
    napari.viewer.add_labels(np.eye(9, dtype=int), name="new")
    assert napari.save() is None
    assert contents(session)[0] == ("layers", ["new"])
    assert len([*(session.parent / "failed" / "blocks").iterdir()]) > 0


def test_a_session_that_cannot_be_read_for_long_lies_beside_and_another_is_saved(
    napari: Napari, session: Path
) -> None:
    spoil_folder(session)
    napari.start()
    napari.viewer.add_labels(np.eye(9, dtype=int), name="new")
    assert napari.save()
    napari.keeper._folder._patient_until = 0.1
    napari.viewer.layers["new"].opacity = 0.5
    assert napari.save() is None
    (missing,) = napari.missing
    assert missing["reason"].endswith(f"it lies in {session.parent / 'failed'}")
    assert contents(session) == [("layers", ["new"]), ("unrestored", [])]
    (session.parent / "failed").chmod(0o700)
    assert contents(session.parent / "failed")[0] == ("layers", ["paint"])


@pytest.mark.parametrize("left", [[], ["a"], ["a", "b"]])
def test_what_the_command_has_and_its_user_has_removed_stays_away(
    napari: Napari, session: Path, left: list[str]
) -> None:
    (session / "session.json").unlink()
    napari.start(command("a", "b"))
    for name in {"a", "b"} - set(left):
        del napari.viewer.layers[name]
    assert napari.save() is None
    for _ in range(2):
        napari.start(command("a", "b"))
        assert names(napari.viewer) == left
        assert napari.missing == []
        assert napari.save() is None
    napari.start(command("a", "b", "new"))
    assert {layer.name for layer in napari.viewer.layers} == {*left, "new"}


def test_a_session_without_layers_of_before_leaves_the_command_its_own(
    napari: Napari, session: Path
) -> None:
    SessionFolder(session).commit({"argv": sys.argv, "layers": [], "view": {}})
    napari.start(command("a"))
    assert names(napari.viewer) == ["a"]
    assert napari.keeper.state["restored"] is None


ELSEWHERE: list[tuple[list[str], list[str], int]] = [
    (["/old/bin/napari", "a.py"], ["/new/bin/napari", "a.py"], 1),
    (["napari", "a.py"], ["/new/bin/napari", "a.py"], 1),
    (["/old/bin/napari", "a.py"], ["/old/bin/napari", "b.py"], 2),
    (["/old/bin/napari"], ["/old/bin/ipython"], 2),
    ([], ["napari"], 2),
]


@pytest.mark.parametrize(("argv", "now", "layers"), ELSEWHERE)
def test_a_command_is_the_same_wherever_its_program_lies(
    napari: Napari,
    session: Path,
    monkeypatch: pytest.MonkeyPatch,
    argv: list[str],
    now: list[str],
    layers: int,
) -> None:
    (session / "session.json").unlink()
    monkeypatch.setattr(sys, "argv", argv)
    napari.start(command("a"))
    assert napari.save() is None
    monkeypatch.setattr(sys, "argv", now)
    napari.start(command("a"))
    assert len(napari.viewer.layers) == layers


@pytest.mark.parametrize("argv", [None, 3, {}, [3], [[]], "napari"])
def test_a_command_that_is_none_keeps_no_session_from_coming_back(
    napari: Napari, session: Path, argv: Any
) -> None:
    folder = SessionFolder(session)
    document = folder.load() or {}
    folder.commit({**document, "argv": argv})
    napari.start(command("a"))
    assert names(napari.viewer) == ["a", "paint"]
    assert napari.missing == []


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_kept_for_another_time_is_so_whatever_viewers_follow(
    napari: Napari, session: Path, count: int
) -> None:
    blocks = session / "blocks"
    blocks.rename(session / "away")
    napari.start(command("pts"))
    assert (names(napari.viewer), napari.save()) == (["pts"], None)
    for number in range(count):
        napari.show()
        napari.viewer.add_points([[1, 1]], name=f"of {number}")
        assert napari.save() is None
    assert contents(session)[1] == ("unrestored", ["paint"])
    # Who closes napari ends that too.
    napari.close()
    napari.show()
    assert napari.save() is None
    assert contents(session)[1] == ("unrestored", [])
