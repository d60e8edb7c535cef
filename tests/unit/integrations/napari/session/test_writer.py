"""Documents put together of layers that changed and of those that did not."""

import errno
import json
import os
import queue
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import dask
import dask.array
import numpy as np
import pytest

from desktopd.integrations.napari.session import blocks as blocks_of_folder
from desktopd.integrations.napari.session import records
from desktopd.integrations.napari.session import writer as written_by
from desktopd.integrations.napari.session.blocks import BLOCK_BYTES, Blocks
from desktopd.integrations.napari.session.capture import Captured
from desktopd.integrations.napari.session.document import VERSION
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.records import LARGEST_RECORD
from desktopd.integrations.napari.session.values import encode
from desktopd.integrations.napari.session.writer import Writer
from desktopd.integrations.napari.session.written import Written

LAYER = Captured("paint", "labels", [9], None, np.arange(1000), {}, {}, None, {})
UNRESTORED = {"name": "away", "data": {"$array": {"dtype": "<i8", "shape": [900]}}}


@pytest.fixture
def folder(tmp_path: Path) -> SessionFolder:
    return SessionFolder(tmp_path / "session")


def save(writer: Writer, order: list[int], **taken: Captured) -> Written:
    done: queue.Queue[Written] = queue.Queue()
    writer.submit(order, {int(key[1:]): one for key, one in taken.items()}, {}, done.put)
    return done.get(timeout=60)


def loaded(folder: SessionFolder) -> dict[str, Any]:
    document = folder.load()
    assert document is not None
    return document


def test_a_layer_that_did_not_change_stays_with_its_blocks(folder: SessionFolder) -> None:
    writer = Writer(folder)
    save(writer, [1, 2], _1=LAYER, _2=replace(LAYER, name="other", data=np.arange(900)))
    changed = replace(LAYER, data=np.arange(800))
    written = save(writer, [2, 1], _1=changed)
    assert (written.error, written.not_kept) == (None, [])
    assert [one["name"] for one in loaded(folder)["layers"]] == ["other", "paint"]
    assert len([*(folder.folder / "blocks").iterdir()]) == 2
    writer.stop()


def test_what_could_not_be_put_back_stays_as_it_is_with_its_blocks(folder: SessionFolder) -> None:
    folder.make()
    names = folder.blocks.put(np.arange(900))
    record = json.loads(json.dumps(UNRESTORED))
    record["data"]["$array"]["blocks"] = names
    bad: dict[str, Any] = {"name": "bad", "deep": []}
    for _ in range(5000):
        bad["deep"] = [bad["deep"]]
    record["long"] = "x" * (LARGEST_RECORD + 1)
    folder.earlier.add_unrestored([bad, record, {}])
    writer = Writer(folder)
    for number in range(2):
        save(writer, [1], _1=replace(LAYER, data=np.arange(number, 1000)))
        assert loaded(folder)["unrestored"] == [record]
        assert folder.blocks.get(names, "<i8", [900]).size == 900
    writer.stop()


def test_a_document_that_is_full_ends_only_layers(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(written_by, "LARGEST", 20_000)
    writer = Writer(folder)
    paint = replace(LAYER, overlays={"text": "x" * 4000})
    long = replace(LAYER, name="long", overlays={"text": "x" * 16_000})
    written = save(writer, [1, 2], _1=paint, _2=long)
    assert written.error is None
    assert written.not_kept == [{"name": "long", "reason": "there is no room beside the others"}]
    assert [one["name"] for one in loaded(folder)["layers"]] == ["paint"]
    # It is saved once there is room.
    assert save(writer, [2]).not_kept == []
    (record,) = loaded(folder)["layers"]
    assert folder.blocks.get(record["data"]["$array"]["blocks"], "<i8", [1000]).size == 1000
    writer.stop()


@pytest.mark.parametrize(("size", "room"), [(16_000, False), (13_000, True)])
@pytest.mark.parametrize("kind", ["unrestored", "waiting"])
def test_what_an_earlier_session_has_left_has_no_layer_end_and_is_told_as_long_as_it_has_no_room(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch, kind: str, size: int, room: bool
) -> None:
    monkeypatch.setattr(written_by, "LARGEST", 20_000)
    folder.make()
    record = {**UNRESTORED, "data": encode(np.arange(900), folder.blocks), "text": "x" * size}
    session = {"version": VERSION, "layers": [record]}
    if kind == "waiting":
        folder.earlier.add({"version": VERSION, "layers": [], "waiting": [session]})
    else:
        folder.earlier.add_unrestored([record])
    writer = Writer(folder)
    full = replace(LAYER, overlays={"text": "x" * 4000})
    for number in range(3):
        written = save(writer, [1], _1=replace(full, data=np.arange(number, 1000)))
        assert written.error is None
        assert len(written.not_kept) == (not room)
        assert [one["name"] for one in loaded(folder)["layers"]] == ["paint"]
        assert len(loaded(folder)[kind]) == room
        blocks = record["data"]["$array"]["blocks"]
        assert folder.blocks.get(blocks, "<i8", [900]).size == 900
    assert save(writer, []).not_kept == []
    assert loaded(folder)[kind] == [session if kind == "waiting" else record]
    writer.stop()


def test_what_was_restored_is_put_together_in_the_thread_that_lets_others_go_first(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[threading.Thread] = set()

    def dumps(value: Any) -> bytes:
        threads.add(threading.current_thread())
        return json.dumps(value).encode()

    folder.make()
    monkeypatch.setattr(records, "dumps", dumps)
    restored = {key: {"name": str(key), "data": None, "failed": key == 2} for key in (1, 2, 3)}
    session = {"version": VERSION, "layers": [{"name": "other"}]}
    folder.earlier.add(session)
    folder.earlier.add_unrestored([UNRESTORED])
    writer = Writer(folder, records=restored.items())
    assert [writer.has(key) for key in (1, 2, 4)] == [True, True, False]
    assert [writer.has_failed(key) for key in (1, 2, 4)] == [False, True, False]
    writer.forget([3])
    assert save(writer, [2, 1]).error is None
    assert threading.current_thread() not in threads
    document = loaded(folder)
    assert document["layers"] == [restored[2], restored[1]]
    assert (document["unrestored"], document["waiting"]) == ([UNRESTORED], [session])
    assert (writer.has_failed(1), writer.has_failed(2)) == (False, True)
    writer.stop()


def test_what_cannot_be_put_together_again_is_to_be_given_anew(folder: SessionFolder) -> None:
    writer = Writer(folder, records=[(1, {"name": "paint", "data": object()})])
    assert save(writer, [1]).error
    assert not writer.has(1)
    assert save(writer, [1], _1=LAYER).error is None
    writer.stop()


def test_of_what_was_not_saved_the_former_stays(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer(folder)
    save(writer, [1], _1=LAYER)
    with monkeypatch.context() as full:
        full.setattr(written_by, "encode_layer", lambda *given: 1 / 0)
        assert save(writer, [1], _1=replace(LAYER, data=np.arange(5))).error == "division by zero"
    assert save(writer, [1]).error is None
    (record,) = loaded(folder)["layers"]
    assert folder.blocks.get(record["data"]["$array"]["blocks"], "<i8", [1000]).size == 1000
    writer.stop()


@pytest.mark.parametrize("what", ["", "blocks"])
def test_what_somebody_deletes_meanwhile_is_asked_for_and_written_again(
    folder: SessionFolder, what: str
) -> None:
    writer = Writer(folder)
    save(writer, [1], _1=LAYER)
    shutil.rmtree(folder.folder / what)
    other = replace(LAYER, name="other", data=np.arange(900))
    assert "its files are gone" in (save(writer, [1, 2], _2=other).error or "")
    assert not writer.has(1)
    assert save(writer, [1, 2], _1=LAYER, _2=other).error is None
    for record, size in zip(loaded(folder)["layers"], (1000, 900), strict=True):
        assert folder.blocks.get(record["data"]["$array"]["blocks"], "<i8", [size]).size == size
    writer.stop()


class Endless:
    """Labels that are computed without an end."""

    dtype, shape, ndim, nbytes = np.dtype("u1"), (1 << 20, 1 << 23), 2, 1 << 43

    def __init__(self, begun: threading.Event) -> None:
        self._begun = begun

    def __getitem__(self, key: Any) -> Any:
        self._begun.set()
        return np.random.default_rng(1).integers(0, 255, 8 << 20, np.uint8)[None]


def test_what_is_being_written_is_given_up(folder: SessionFolder) -> None:
    writer, begun = Writer(folder), threading.Event()
    done: queue.Queue[Written] = queue.Queue()
    writer.submit([1], {1: replace(LAYER, data=Endless(begun))}, {}, done.put)
    assert begun.wait(60)
    started = time.monotonic()
    writer.stop()
    assert time.monotonic() - started < 10
    assert "Interrupted" in (done.get(timeout=10).error or "")
    folder.blocks.put(np.arange(1000))


def test_what_did_not_change_costs_nothing(folder: SessionFolder) -> None:
    writer = Writer(folder)
    rows = [{"time": number, "name": str(number)} for number in range(100_000)]
    beside = replace(LAYER, name="beside", state={"metadata": {"rows": rows}})
    first = save(writer, [1, 2], _1=LAYER, _2=beside)
    second = save(writer, [1, 2], _1=LAYER)
    assert (first.error, second.error) == (None, None)
    assert sum(second.lengths.values()) < sum(first.lengths.values()) / 5
    writer.stop()


def test_a_layer_that_has_no_room_keeps_no_other_from_being_saved(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(blocks: object, wanted: int) -> None:
        if wanted > 10_000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Blocks, "_check_space", check)
    writer = Writer(folder)
    large = replace(
        LAYER,
        name="large",
        data=np.arange(10_000),
        source={"path": "/data/a.tif"},
        colouring={"face": ["cycle", "kind"]},
    )
    written = save(writer, [1, 2], _1=large, _2=LAYER)
    assert "No space left" in (written.error or "")
    first, second = loaded(folder)["layers"]
    assert (first["name"], first["data"], first["source"]) == ("large", None, large.source)
    assert "No space left" in first["lost"]
    assert first["colouring"] == first["state"]["metadata"] == {}, "which would be told as missing"
    assert second["data"] is not None
    small = replace(large, data=np.arange(1000, 1900))
    assert save(writer, [1, 2], _1=small).error is None
    before = loaded(folder)["layers"][0]["data"]
    assert save(writer, [1, 2], _1=large).error is not None
    assert loaded(folder)["layers"][0]["data"] == before, "what it had stays"
    writer.stop()


def test_what_is_written_of_a_layer_without_room_leaves_it_to_the_others(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = blocks_of_folder.write_block

    def within_quota(path: Path, block: Any) -> int:
        used = sum(other.stat().st_size for other in path.parent.iterdir())
        if used + block.nbytes > 10 * BLOCK_BYTES:
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))
        return write(path, block)

    monkeypatch.setattr(blocks_of_folder, "write_block", within_quota)
    rng = np.random.default_rng(1)
    large, small, other = (
        replace(LAYER, name=name, data=rng.integers(0, 255, size * BLOCK_BYTES, np.uint8))
        for name, size in (("large", 16), ("small", 4), ("other", 4))
    )
    writer = Writer(folder)
    assert "quota" in (save(writer, [1, 2], _1=large, _2=small).error or "")
    assert "quota" in (save(writer, [1, 2, 3], _1=large, _3=other).error or "")
    assert [(one["name"], bool(one["data"])) for one in loaded(folder)["layers"]] == [
        ("large", False),
        ("small", True),
        ("other", True),
    ]
    writer.stop()


def test_whatever_is_raised_by_what_is_computed_is_told(folder: SessionFolder) -> None:
    def ended() -> Any:
        raise SystemExit("no more")

    lazy = dask.array.from_delayed(dask.delayed(ended)(), (9,), int)
    writer = Writer(folder)
    assert "no more" in (save(writer, [1], _1=replace(LAYER, data=lazy)).error or "")
    assert save(writer, [1], _1=LAYER).error is None
    writer.stop()


def test_who_is_nicer_already_saves_all_the_same(
    folder: SessionFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr("os.setpriority", refused)
    writer = Writer(folder)
    assert save(writer, [1], _1=LAYER).error is None
    writer.stop()
