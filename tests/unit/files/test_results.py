"""What of the folder of results is offered: what is at rest. A real folder."""

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from desktopd.files import results as module
from desktopd.files.listing import EntryKind
from desktopd.files.paths import FilePath
from desktopd.files.results import Results
from desktopd.files.root import Root
from desktopd.files.threads import DiskThreads
from tests.unit.files.trees import nest


@pytest.fixture
def results(folder: Path) -> Results:
    return Results(Root(folder), FilePath(("results",)))


@pytest.fixture
def place(folder: Path) -> Path:
    (folder / "results").mkdir()
    return folder / "results"


def look(results: Results) -> list[str] | None:
    """What is offered after one more look."""
    results.note(results.look())
    return None if results.files is None else [entry.path.name for entry in results.files]


def test_a_file_is_offered_once_it_is_alike_in_two_looks(results: Results, place: Path) -> None:
    changes: list[None] = []
    results.changes.add(lambda: changes.append(None))
    assert look(results) is None
    assert look(results) == []
    (place / "cells.csv").write_text("a")
    assert look(results) == []
    (place / "cells.csv").write_text("a,b")
    assert look(results) == []
    assert look(results) == ["cells.csv"]
    assert look(results) == ["cells.csv"]
    assert len(changes) == 2, "nothing, then one"


def test_a_file_that_is_written_again_is_offered_again(results: Results, place: Path) -> None:
    (place / "cells.csv").write_text("a")
    look(results)
    assert look(results) == ["cells.csv"]
    (place / "cells.csv").write_text("other")
    assert look(results) == []
    assert look(results) == ["cells.csv"]
    assert results.files is not None
    assert results.files[0].size == 5
    (place / "cells.csv").unlink()
    assert look(results) == []


def test_a_folder_is_one_result_once_all_in_it_is_at_rest(results: Results, place: Path) -> None:
    chunks = place / "cells.zarr" / "0" / "c"
    chunks.mkdir(parents=True)
    (chunks / "0").write_bytes(bytes(100))
    look(results)
    (chunks / "1").write_bytes(bytes(200))
    assert look(results) == []
    assert look(results) == ["cells.zarr"]
    assert results.files is not None
    (store,) = results.files
    assert (store.kind, store.size) == (EntryKind.FOLDER, 300)
    assert store.modified == (chunks / "1").stat().st_mtime
    (chunks / "1").write_bytes(bytes(201))
    assert look(results) == []
    assert look(results) == ["cells.zarr"]


def test_only_what_has_something_in_it_is_offered(
    results: Results, place: Path, folder: Path
) -> None:
    (place / "run").mkdir()
    (place / "run" / "empty").touch()
    (place / "run" / "link").symlink_to(folder)
    (place / "empty").touch()
    (place / ".parts").mkdir()
    (place / ".parts" / "1").write_text("a")
    for name in (".cells.csv", "cells.csv.tmp", "cells.csv.PART", "cells.csv~"):
        (place / name).write_text("a")
    (folder / "outside").write_text("a")
    (place / "link").symlink_to(folder / "outside")
    os.mkfifo(place / "pipe")
    look(results)
    assert look(results) == []


def test_the_newest_come_first_and_the_oldest_not_at_all(results: Results, place: Path) -> None:
    for age in range(module.MOST + 5):
        (place / f"{age:03}").write_text("a")
        os.utime(place / f"{age:03}", (1000 - age, 1000 - age))
    look(results)
    offered = look(results)
    assert offered is not None
    assert offered == [f"{age:03}" for age in range(module.MOST)]


def test_a_folder_that_is_not_there_yet_holds_nothing(results: Results, folder: Path) -> None:
    look(results)
    assert look(results) == []
    (folder / "results").mkdir()
    (folder / "results" / "a").write_text("a")
    look(results)
    assert look(results) == ["a"]


def test_a_folder_that_is_a_link_is_not_followed(results: Results, folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "secret").write_text("a")
    (folder / "results").symlink_to(folder / "elsewhere")
    look(results)
    assert look(results) == []


async def test_the_folder_is_watched(
    results: Results, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY", 0.01)
    told = asyncio.Event()
    watching = asyncio.create_task(results.watch(DiskThreads().of("desktopd")))
    try:
        while results.files is None:
            await asyncio.sleep(0.01)
        results.changes.add(told.set)
        (place / "cells.csv").write_text("a")
        async with asyncio.timeout(10):
            await told.wait()
        assert [str(entry.path) for entry in results.files] == ["results/cells.csv"]
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


def test_folders_without_end_are_no_result_and_hide_no_other(results: Results, place: Path) -> None:
    (place / "cells.csv").write_text("a")
    nest(place, "d", 1500)
    look(results)
    assert look(results) == ["cells.csv"]
    subprocess.run(["rm", "-r", place / "d"], check=True)
