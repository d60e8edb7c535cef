"""Shared memory: whose it is (CVE-2020-29074, CVE-2026-34352), and that it is kept."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from desktopd.x11.errors import XError
from desktopd.x11.screen import shm
from desktopd.x11.screen.shm import Memory, MemoryTaken


@pytest.fixture
def none_left(monkeypatch: pytest.MonkeyPatch):
    """A function that has the system give nobody a segment any more, for that reason."""

    def lack(number: int) -> None:
        def refuse(*_: object) -> int:
            shm.ctypes.set_errno(number)
            return -1

        monkeypatch.setattr(shm._libc, "shmget", refuse)

    return lack


def rows(number: int) -> list[list[str]]:
    lines = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
    return [row for row in lines if int(row[1]) == number]


def kept(size: int) -> Memory:
    memory = Memory(size)
    memory.keep()
    return memory


def test_shared_memory_is_for_its_user_alone_and_ends_with_its_process() -> None:
    memory = kept(4096)
    (row,) = rows(memory.number)
    assert int(row[2], 8) == 0o1600  # SHM_DEST: deleted already
    number = memory.number
    del memory
    assert rows(number) == []


def test_what_is_there_serves_every_size_up_to_its_own(none_left) -> None:
    memory = kept(8 * 4096)
    none_left(errno.ENOSPC)
    first = memory.take(8 * 4096)
    first[0] = first[-1] = 7
    second = memory.take(2 * 4096)
    assert len(second) == 2 * 4096
    assert not any(second)
    assert not any(memory.take(8 * 4096))


def test_it_grows_and_what_was_taken_before_stays() -> None:
    memory = kept(4096)
    small = memory.take(4096)
    small[0] = 7
    large = memory.take(3 * 4096)
    assert (small[0], large[0], len(large)) == (7, 0, 3 * 4096)


@pytest.mark.parametrize(
    ("number", "setting"), [(errno.ENOSPC, "shmmni"), (errno.EINVAL, "shmmax")]
)
def test_a_lack_names_what_lacks(none_left, number: int, setting: str) -> None:
    none_left(number)
    with pytest.raises(XError, match=f"{os.strerror(number)}; .*kernel.{setting}"):
        Memory().take(4096)


def test_what_others_have_taken_passes_and_all_of_it_is_kept_then(none_left, monkeypatch) -> None:
    memory = Memory(8 * 4096)
    with monkeypatch.context() as full:
        full.setattr(shm._libc, "shmget", lambda *_: (shm.ctypes.set_errno(errno.ENOSPC), -1)[1])
        for _ in range(2):
            with pytest.raises(MemoryTaken):
                memory.take(4096)
    assert len(memory.take(4096)) == 4096
    none_left(errno.ENOSPC)
    assert len(memory.take(8 * 4096)) == 8 * 4096


def test_what_is_less_than_all_of_it_serves_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    memory, get = Memory(8 * 4096), shm._libc.shmget

    def little(key: int, size: int, flags: int) -> int:
        return get(key, size, flags) if size <= 4096 else -1

    monkeypatch.setattr(shm._libc, "shmget", little)
    assert len(memory.take(4096)) == 4096


def test_more_than_the_machine_may_have_is_no_lack_that_passes(
    none_left, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "shmall").write_text("2\n")
    monkeypatch.setattr(shm, "_ALL_PAGES", folder / "shmall")
    none_left(errno.ENOSPC)
    for pages, passes in ((2, True), (3, False)):
        with pytest.raises(XError) as lack:
            Memory().take(pages * 4096)
        assert isinstance(lack.value, MemoryTaken) is passes


def test_what_the_kernel_does_not_take_back_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory(4096)
    memory.take(4096)[0] = 7
    monkeypatch.setattr(shm._libc, "madvise", lambda *_: -1)
    assert not any(memory.take(4096))
