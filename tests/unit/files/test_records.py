"""What an application of the same user writes where uploads grow, and what becomes of records."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from desktopd.files import records, sweep
from desktopd.files.errors import FilesError, Missing, NoSpace
from desktopd.files.uploads import Uploads
from tests.unit.files.trees import SECRET, Tree, at
from tests.unit.files.uploading import BYTES, append, create, whole

ID = "A" * 22


@pytest.fixture
def uploads(tree: Tree) -> Uploads:
    return Uploads(tree.staging, tree.records)


def staging(tree: Tree) -> Path:
    folder = tree.path / f".desktopd-uploads-{os.geteuid()}"
    folder.mkdir(exist_ok=True)
    return folder


def forged(**changes: object) -> str:
    """A record as versions before wrote it into staging, or as one is written now."""
    values = {
        "id": ID,
        "top": "",
        "path": "stolen.txt",
        "length": len(SECRET),
        "metadata": "",
        "if_exists": "replace",
        "trusted": None,
        "placed": None,
    }
    return json.dumps({**values, **changes})


def test_a_record_beside_the_files_is_none(tree: Tree, uploads: Uploads) -> None:
    secret = str(tree.outside / "secret")
    for text in (
        forged(id=secret),
        forged(id=secret, top={"names": []}, path={"names": ["stolen.txt"]}),
    ):
        (staging(tree) / f"{ID}.json").write_text(text)
        (staging(tree) / ID).write_bytes(SECRET)
        with pytest.raises(Missing):
            uploads.find(ID)
    assert tree.is_untouched_outside()


def test_nothing_of_an_upload_but_its_draft_is_beside_the_files(
    tree: Tree, uploads: Uploads
) -> None:
    upload = create(uploads, "a.tif")
    assert [path.name for path in staging(tree).iterdir()] == [upload.id]
    (record,) = (tree.path.parent / "records").iterdir()
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert stat.S_IMODE(record.parent.stat().st_mode) == 0o700
    for name in (f"{upload.id}.new", f"{upload.id}.json"):
        (staging(tree) / name).symlink_to(tree.outside / "secret")
    whole(uploads, upload)
    assert tree.is_untouched_outside()
    assert (tree.path / "a.tif").read_bytes() == BYTES


def by_link(draft: Path, tree: Tree) -> None:
    draft.symlink_to(tree.outside / "secret")


def by_hard_link(draft: Path, tree: Tree) -> None:
    draft.hardlink_to(tree.outside / "secret")


def by_fifo(draft: Path, _: Tree) -> None:
    os.mkfifo(draft)


def by_folder(draft: Path, _: Tree) -> None:
    draft.mkdir()


def by_file_of_somebody_else(draft: Path, _: Tree) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    draft.write_bytes(SECRET)
    os.chown(draft, 65534, -1)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "replace", [by_link, by_hard_link, by_fifo, by_folder, by_file_of_somebody_else]
)
def test_a_draft_that_is_none_is_refused(
    tree: Tree, uploads: Uploads, replace: Callable[[Path, Tree], None]
) -> None:
    upload = append(uploads, create(uploads, "a.tif"), BYTES[:5])
    draft = staging(tree) / upload.id
    draft.unlink()
    replace(draft, tree)
    for act in (
        lambda: uploads.offset(upload),
        lambda: uploads.append(upload, 5, None),
        lambda: uploads.append(upload, len(SECRET), None),
        lambda: uploads.place(upload),
    ):
        with pytest.raises(FilesError):
            act()
    assert tree.is_untouched_outside()
    assert not (tree.path / "a.tif").exists()
    uploads.remove(upload)
    assert tree.is_untouched_outside()


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "{}", "null", "7", "[" * 100_000, '{"a":' * 100_000, "\udcff"),
        *(forged(path=path) for path in ("../out", "a/../../out", "/etc/x", "a/%2e%2e/b", 7, [])),
        *(forged(top=top) for top in ("..", "../outside", "not-a-disk", None, {"names": []})),
        *(forged(placed=placed) for placed in ("../out", ["x"], 1)),
        *(forged(length="x"), forged(length=None), forged(trusted=[]), forged(if_exists="x")),
    ],
)
def test_a_record_that_is_damaged_is_none(tree: Tree, uploads: Uploads, text: str) -> None:
    upload = create(uploads, "a")
    (record,) = (tree.path.parent / "records").iterdir()
    record.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(Missing):
        uploads.find(upload.id)


def test_a_record_tells_no_id(tree: Tree, uploads: Uploads) -> None:
    upload = create(uploads, "a")
    (record,) = (tree.path.parent / "records").iterdir()
    record.write_text(forged(id=str(tree.outside / "secret"), path="a"))
    assert uploads.find(upload.id).id == upload.id


def test_names_that_are_odd_are_read_back(tree: Tree, uploads: Uploads) -> None:
    upload = create(uploads, "plates 1/ä %2e #?&.tif")
    assert uploads.find(upload.id) == upload
    assert whole(uploads, upload).placed == at("plates 1/ä %2e #?&.tif")


def test_records_leave_room(tree: Tree, uploads: Uploads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "SPARED", -1)
    create(uploads, "a")
    monkeypatch.setattr(records, "SPARED", 10**30)
    monkeypatch.setattr(records, "SHARE", 1)
    with pytest.raises(NoSpace, match="runtime_dir"):
        create(uploads, "b")
    assert len(list(staging(tree).iterdir())) == 1


@pytest.mark.timeout(20)
def test_what_an_application_has_laid_there_neither_holds_a_sweep_nor_is_followed(
    tree: Tree, uploads: Uploads
) -> None:
    folder = staging(tree)
    fifo, link, inner, left = (f"once~{name:-<22}" for name in ("fifo", "link", "folder", "left"))
    os.mkfifo(folder / fifo)
    (folder / link).symlink_to(tree.outside / "secret")
    (folder / inner).mkdir()
    (folder / left).write_bytes(b"x")
    upload = append(uploads, create(uploads, "a"), BYTES[:5])
    sweep.sweep(tree.staging, tree.records, upload_time := folder.stat().st_mtime)
    assert sorted(path.name for path in folder.iterdir()) == sorted([upload.id, inner])
    assert uploads.offset(uploads.find(upload.id)) == 5
    sweep.sweep(tree.staging, tree.records, upload_time + 2 * sweep.LIFETIME)
    assert [path.name for path in folder.iterdir()] == [inner]
    assert list((tree.path.parent / "records").iterdir()) == []
    assert tree.is_untouched_outside()
