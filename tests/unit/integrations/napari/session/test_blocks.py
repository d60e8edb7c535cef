"""Arrays on disk: whole again, only what changed is written, and numpy alone can read them."""

import errno
import os
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from desktopd.integrations.napari.session.blocks import BLOCK_BYTES, Blocks, cut

RNG = np.random.default_rng(3)
LABELS = np.zeros((6, 1024, 1024), np.int32)
LABELS[:, 100:200, 100:200] = np.arange(6)[:, None, None] + 1


@pytest.fixture
def blocks(tmp_path: Path) -> Blocks:
    return Blocks(tmp_path / "blocks")


ARRAYS: list[Any] = [
    LABELS,
    np.float64(3.5) * np.ones(()),
    np.arange(5_000_000, dtype=np.uint8),
    np.asfortranarray(np.arange(2_000_000, dtype=np.float32).reshape(1000, 2000)),
    np.arange(8_000_000, dtype=np.uint16).reshape(1, 1, 2000, 4000)[..., ::2],
    np.array([[True, False]]),
    np.array([], np.float64).reshape(0, 3),
    np.array([1 + 2j, 3]),
    np.array(["2026-11-28"], "datetime64[D]"),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype} {a.shape}")
def test_an_array_is_whole_again(blocks: Blocks, array: Any) -> None:
    names = blocks.put(array)
    found = blocks.get(names, array.dtype.str, array.shape)
    assert found.dtype == array.dtype
    assert np.array_equal(found, array)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype} {a.shape}")
def test_no_block_is_larger_than_a_row_or_the_limit(array: Any) -> None:
    assert all(block.nbytes <= BLOCK_BYTES for block in cut(array))


def test_a_block_is_what_it_was_whoever_writes_on() -> None:
    array = np.zeros(10, np.uint8)
    (block,) = cut(array)
    array[:] = 1
    assert not block.any()


def test_a_stroke_writes_one_block_and_the_others_stay(blocks: Blocks, tmp_path: Path) -> None:
    before = blocks.put(LABELS)
    painted = LABELS.copy()
    painted[3, 500, 500] = 9
    after = blocks.put(painted)
    assert [a == b for a, b in zip(before, after, strict=True)].count(False) == 1
    assert len(set(before + after)) == len(list((tmp_path / "blocks").iterdir()))


def test_numpy_alone_reads_the_files_and_labels_are_small(blocks: Blocks, tmp_path: Path) -> None:
    (name,) = blocks.put(LABELS[0])
    path = tmp_path / "blocks" / name
    assert name.endswith(".npz")
    assert path.stat().st_size < LABELS[0].nbytes // 50
    assert np.array_equal(np.load(path)["data"], LABELS[0])
    noise = np.random.default_rng(1).integers(0, 2**16, 100_000, np.uint16)
    (name,) = blocks.put(noise)
    assert name.endswith(".npy")
    assert np.array_equal(np.load(tmp_path / "blocks" / name), noise)


def test_a_block_that_is_lost_or_cut_short_is_an_error(blocks: Blocks, tmp_path: Path) -> None:
    names = blocks.put(LABELS)
    path = tmp_path / "blocks" / names[0]
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="is not whole"):
        blocks.get(names, LABELS.dtype.str, LABELS.shape)
    path.unlink()
    with pytest.raises(OSError, match=names[0]):
        blocks.get(names, LABELS.dtype.str, LABELS.shape)
    with pytest.raises(ValueError, match="are left"):
        blocks.get(names[1:], LABELS.dtype.str, LABELS.shape)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-9] ^= 1
    path.write_bytes(content)


def replace_by_another(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.arange(3))


def replace_by_other_kind(path: Path) -> None:
    with path.open("wb") as file:
        if path.suffix == ".npy":
            np.savez(file, data=np.arange(3))
        else:
            np.save(file, np.arange(3))


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "of somebody").touch()


BREAKING: dict[str, Callable[[Path], object]] = {
    "emptied": lambda path: path.write_bytes(b""),
    "cut short": lambda path: os.truncate(path, path.stat().st_size - 1),
    "of zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "changed": flip,
    "of a zero tail": lambda path: (
        os.truncate(path, path.stat().st_size // 2) or os.truncate(path, path.stat().st_size * 2)
    ),
    "another": replace_by_another,
    "of the other kind": replace_by_other_kind,
    "unlinked": lambda path: path.unlink(),
    "a folder": replace_by_folder,
}


@pytest.mark.parametrize("how", BREAKING)
@pytest.mark.parametrize("array", [np.zeros(9999), RNG.random(9999)], ids=["npz", "npy"])
def test_a_block_that_an_earlier_process_left_broken_is_an_error_and_written_anew(
    tmp_path: Path, array: Any, how: str
) -> None:
    names = Blocks(tmp_path / "blocks").put(array)
    BREAKING[how](tmp_path / "blocks" / names[0])
    blocks = Blocks(tmp_path / "blocks")
    with pytest.raises((OSError, ValueError)):
        blocks.get(names, array.dtype.str, array.shape)
    assert blocks.put(array) == names
    assert np.array_equal(blocks.get(names, array.dtype.str, array.shape), array)


@pytest.mark.parametrize("kind", ["npz", "npy"])
def test_whatever_a_disk_does_not_take_is_an_error(
    blocks: Blocks, tmp_path: Path, kind: str
) -> None:
    # So little that it is written when the file is closed.
    array = np.zeros(2000, np.uint8) if kind == "npz" else RNG.integers(0, 256, 2000, np.uint8)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            blocks.put(array)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / "blocks").iterdir()) == []
    (name,) = blocks.put(array)
    assert name.endswith(kind)


def test_what_is_no_block_is_left_where_it_cannot_be_deleted(
    blocks: Blocks, tmp_path: Path
) -> None:
    (name,) = blocks.put(np.arange(1000))
    (tmp_path / "blocks" / "folder").mkdir()
    blocks.put(np.arange(1001))
    blocks.keep_only({name})
    assert sorted(path.name for path in (tmp_path / "blocks").iterdir()) == sorted([name, "folder"])


def test_a_pipe_in_the_place_of_a_block_is_not_waited_for(blocks: Blocks, tmp_path: Path) -> None:
    for name in ("pipe.npy", "pipe.npz"):
        (tmp_path / "blocks").mkdir(exist_ok=True)
        os.mkfifo(tmp_path / "blocks" / name)
        with pytest.raises((OSError, ValueError)):
            blocks.get([name], "<i8", [1])


@pytest.mark.parametrize(("total", "kept"), [(1 << 30, (1 << 30) // 10), (1 << 50, 1 << 30)])
def test_a_disk_that_is_nearly_full_is_left_some_room(
    blocks: Blocks, monkeypatch: pytest.MonkeyPatch, total: int, kept: int
) -> None:
    usage = shutil.disk_usage("/")._replace(total=total, free=kept + 10_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    blocks.put(np.arange(100))
    with pytest.raises(OSError, match="No space left") as refused:
        blocks.put(LABELS)
    assert refused.value.errno == errno.ENOSPC


def test_what_is_not_needed_is_deleted(blocks: Blocks, tmp_path: Path) -> None:
    blocks.keep_only(())
    (first,), (second,) = blocks.put(np.arange(1000)), blocks.put(np.arange(1001))
    (tmp_path / "blocks" / "cut short.npy.new").write_text("")
    blocks.keep_only({second})
    assert [path.name for path in (tmp_path / "blocks").iterdir()] == [second]
    assert first != second
