"""The saved session's folder: whole at every moment, and not tried for ever."""

import errno
import json
import os
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from desktopd.integrations.napari.session import folder as folder_module
from desktopd.integrations.napari.session.document import LARGEST, MOST_LAYERS, VERSION
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.records import Encoded
from desktopd.integrations.napari.session.tries import TRIES
from desktopd.integrations.napari.session.values import dumps
from tests.deep_folder import make_deep
from tests.unit.places import KINDS, lay


@pytest.fixture
def session(tmp_path: Path) -> SessionFolder:
    return SessionFolder(tmp_path / "session")


def document(session: SessionFolder, array: np.ndarray[tuple[int, ...], np.dtype[np.int64]]):  # type: ignore[no-untyped-def]
    names = session.blocks.put(array)
    data = {"$array": {"dtype": "<i8", "shape": [100], "blocks": names}}
    return {"layers": [{"name": "numbers", "data": data}]}


def test_nothing_is_no_session(session: SessionFolder) -> None:
    assert session.load() is None
    session.discard()


def test_what_was_committed_is_there_with_its_blocks_alone(
    session: SessionFolder, tmp_path: Path
) -> None:
    session.commit(document(session, np.arange(100)))
    second = document(session, np.arange(100, 200))
    session.commit(second)
    loaded = session.load()
    assert loaded is not None
    assert loaded["layers"] == second["layers"]
    assert len(list((tmp_path / "session" / "blocks").iterdir())) == 1


def test_a_process_that_ends_before_the_commit_leaves_the_former(session: SessionFolder) -> None:
    first = document(session, np.arange(100))
    session.commit(first)
    document(session, np.arange(5, 105))
    loaded = SessionFolder(session.folder).load()
    assert loaded is not None
    names = loaded["layers"][0]["data"]["$array"]["blocks"]
    assert session.blocks.get(names, "<i8", [100]).tolist() == list(range(100))


@pytest.mark.parametrize("way", ["owner", "mode", "link"])
def test_a_session_that_another_user_could_have_made_is_none(
    session: SessionFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    written = document(session, np.arange(100))
    session.commit(written)
    assert session.folder.stat().st_mode & 0o777 == 0o700
    match way:
        case "owner":
            monkeypatch.setattr("os.geteuid", lambda: session.folder.stat().st_uid + 1)
        case "mode":
            session.folder.chmod(0o777)
        case "link":
            # Anybody may make a link to what is another's.
            session.folder.rename(tmp_path / "elsewhere")
            session.folder.symlink_to(tmp_path / "elsewhere")
    before = (session.folder / "session.json").read_bytes()
    now = SessionFolder(session.folder)
    for change in (now.load, lambda: session.commit(written), lambda: now.commit(written)):
        with pytest.raises(PermissionError, match="not of this user alone"):
            change()
    session.discard()
    now.discard()
    assert (session.folder / "session.json").read_bytes() == before


DEEP = "[" * 100_000


UNTOLD = [
    json.dumps({"version": VERSION, "layers": layers})
    for layers in ([7], [{}], [{"name": 7}], [{"name": "one"}] * (MOST_LAYERS + 1))
]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 0}', '{"version": 1}', "\x00" * 10, DEEP, *UNTOLD]
)
def test_a_document_that_is_not_whole_or_not_ours_is_none(
    session: SessionFolder, tmp_path: Path, text: str
) -> None:
    session.commit(document(session, np.arange(100)))
    (kept,) = (tmp_path / "session" / "blocks").iterdir()
    (tmp_path / "session" / "session.json").write_text(text)
    with pytest.raises(ValueError, match=f"it lies in {tmp_path}/failed"):
        session.load()
    # What is saved from now on deletes none of its data.
    session.commit({"layers": []})
    assert (tmp_path / "failed" / "blocks" / kept.name).exists()
    assert (tmp_path / "failed" / "session.json").read_text() == text


def failing(*_: object, **__: object) -> NoReturn:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


FAILING = {
    "folder": (SessionFolder, "_check"),
    "document": (folder_module, "read_document"),
}


@pytest.mark.parametrize("what", ["folder", "document", "claim"])
def test_what_cannot_be_read_now_is_not_touched_and_read_later(
    session: SessionFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    session.commit(document(session, np.arange(100)))
    files = sorted(tmp_path.rglob("*"))
    claims = [failing, failing, failing, lambda folder: folder]
    now = SessionFolder(session.folder, (lambda folder: claims.pop(0)(folder)))
    with monkeypatch.context() as disk:
        if what != "claim":
            now.claim = lambda: None  # type: ignore[method-assign]
            disk.setattr(*FAILING[what], failing)
        for change in (now.load, now.make, lambda: now.commit({"layers": []})):
            with pytest.raises(OSError, match="Input/output"):
                change()
        now.drop_unsaved()
        now.discard()
    assert sorted(tmp_path.rglob("*")) == files
    now.make()
    late = session.load()
    assert late is not None
    assert [one.text for one in now.earlier.encoded()["unrestored"]] == [dumps(late["layers"][0])]
    # Who ends the session that he sees ends none that he has never seen.
    now.commit({"layers": []})
    now.discard()
    assert (session.load() or {})["layers"] == late["layers"]


def test_what_is_broken_and_cannot_be_moved_is_not_touched(
    session: SessionFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.commit(document(session, np.arange(100)))
    (session.folder / "session.json").write_text("broken")
    files = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(Path, "rename", failing)
    for change in (session.load, session.make, lambda: session.commit({"layers": []})):
        with pytest.raises(OSError, match="Input/output"):
            change()
    session.discard()
    assert sorted(tmp_path.rglob("*")) == files
    assert (session.folder / "session.json").read_text() == "broken"


def test_a_session_that_lies_beside_is_never_deleted(
    session: SessionFolder, tmp_path: Path
) -> None:
    for number in range(3):
        session.commit({"layers": [{"name": str(number)}]})
        session.put_aside()
    beside = [(tmp_path / name / "session.json") for name in ("failed", "failed-2", "failed-3")]
    assert [json.loads(one.read_text())["layers"][0]["name"] for one in beside] == ["0", "1", "2"]


@pytest.mark.parametrize("place", ["session.json", "session.json.new", "blocks"])
def test_what_lies_in_the_place_of_what_is_saved_makes_room(
    session: SessionFolder, place: str
) -> None:
    session.make()
    if place == "blocks":
        (session.folder / place).write_text("no folder")
    else:
        (session.folder / place).mkdir()
    written = document(session, np.arange(100))
    session.commit(written)
    loaded = session.load()
    assert loaded is not None
    assert loaded["layers"] == written["layers"]


def test_what_could_not_be_loaded_again_is_not_saved(session: SessionFolder) -> None:
    before = document(session, np.arange(100))
    session.commit(before)
    with pytest.raises(OSError, match="too large"):
        session.commit({"layers": ["x" * LARGEST]})
    loaded = session.load()
    assert loaded is not None
    assert loaded["layers"] == before["layers"]


@pytest.mark.parametrize("is_saved", [True, False])
def test_of_what_could_not_be_saved_no_blocks_stay(
    session: SessionFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_saved: bool
) -> None:
    blocks = tmp_path / "session" / "blocks"
    session.make()
    if is_saved:
        session.commit(document(session, np.arange(100)))
    kept = sorted(blocks.glob("*"))
    for start in range(1, 5):
        with pytest.raises(OSError, match="too large"):
            session.commit({**document(session, np.arange(start, 100)), "view": "x" * LARGEST})
    # It takes no look at the document, which may be large.
    monkeypatch.setattr(folder_module, "read_document", failing)
    session.drop_unsaved()
    assert sorted(blocks.iterdir()) == kept


@pytest.mark.parametrize("odd", [{"blocks": 5}, {"blocks": [[]]}, {"inner": {"a": []}}])
def test_no_blocks_go_where_nobody_knows_which_are_needed(
    session: SessionFolder, tmp_path: Path, odd: Any
) -> None:
    written = document(session, np.arange(100))
    written["layers"].append({"name": "odd", "data": {"$array": odd}})
    session.make()
    (session.folder / "session.json").write_text(json.dumps({"version": VERSION, **written}))
    now = SessionFolder(session.folder)
    assert now.load() is not None
    now.drop_unsaved()
    assert len([*(tmp_path / "session" / "blocks").iterdir()]) == 1


def test_what_is_not_in_the_document_keeps_its_blocks_until_another_is_there(
    session: SessionFolder,
) -> None:
    written = document(session, np.arange(100))
    names = written["layers"][0]["data"]["$array"]["blocks"]
    session.commit({"layers": []}, besides=[Encoded("numbers", b"{}", frozenset(names))])
    session.drop_unsaved()
    assert session.blocks.get(names, "<i8", [100]).size == 100
    session.commit({"layers": []})
    assert not session.blocks.names()


def test_a_discarded_session_is_gone(session: SessionFolder, tmp_path: Path) -> None:
    session.commit(document(session, np.arange(100)))
    session.discard()
    assert session.load() is None
    assert not list((tmp_path / "session" / "blocks").iterdir())


def test_a_session_that_ends_napari_again_and_again_is_laid_beside(
    session: SessionFolder, tmp_path: Path
) -> None:
    session.commit(document(session, np.arange(100)))
    assert [session.may_try() for _ in range(TRIES)] == [True] * TRIES
    assert not session.may_try()
    assert session.load() is None
    assert (tmp_path / "failed" / "session.json").exists()
    # Whoever moves it back has it tried again.
    (tmp_path / "failed").rename(session.folder)
    assert session.load() is not None
    assert [session.may_try() for _ in range(TRIES + 1)] == [True] * TRIES + [False]
    session.commit(document(session, np.arange(100)))
    assert session.may_try()


def test_a_session_that_was_survived_is_tried_anew(session: SessionFolder) -> None:
    session.commit(document(session, np.arange(100)))
    for _ in range(TRIES + 1):
        assert session.may_try()
        session.tried()


@pytest.mark.parametrize("name", ["session.json", "restoring"])
@pytest.mark.parametrize("what", [*KINDS, "large"])
def test_nothing_in_the_place_of_its_files_keeps_the_next_process_from_its_start(
    session: SessionFolder, name: str, what: str
) -> None:
    session.commit(document(session, np.arange(100)))
    place = session.folder / name
    place.unlink(missing_ok=True)
    if what == "large":
        with place.open("wb") as file:
            file.truncate(1 << 40)
    else:
        lay(what, place, Path("/dev/zero"))
    if name == "session.json":
        with pytest.raises(ValueError, match=r"is no plain file|is larger"):
            session.load()
        assert session.load() is None
    else:
        session.folder.with_name("failed").touch()
        assert not session.may_try()


def test_what_cannot_be_removed_beside_keeps_no_session_from_being_laid_there(
    session: SessionFolder, tmp_path: Path
) -> None:
    (tmp_path / "failed").mkdir()
    make_deep(tmp_path / "failed")
    session.commit(document(session, np.arange(100)))
    session.put_aside()
    assert session.load() is None
    subprocess.run(["rm", "-rf", tmp_path / "failed"], check=True)
