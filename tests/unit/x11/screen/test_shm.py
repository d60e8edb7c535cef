"""Shared memory: whose it is (CVE-2020-29074, CVE-2026-34352), and that it is kept."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from desktopd.x11.errors import XError
from desktopd.x11.screen import shm
from desktopd.x11.screen.shm import Memory


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


def test_shared_memory_is_for_its_user_alone_and_ends_with_its_process() -> None:
    memory = Memory(4096)
    (row,) = rows(memory.number)
    assert int(row[2], 8) == 0o1600  # SHM_DEST: deleted already
    number = memory.number
    del memory
    assert rows(number) == []


def test_what_is_there_serves_every_size_up_to_its_own(none_left) -> None:
    memory = Memory(8 * 4096)
    none_left(errno.ENOSPC)
    first = memory.take(8 * 4096)
    first[0] = first[-1] = 7
    second = memory.take(2 * 4096)
    assert len(second) == 2 * 4096
    assert not any(second)
    assert not any(memory.take(8 * 4096))


def test_it_grows_and_what_was_taken_before_stays() -> None:
    memory = Memory(4096)
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


def test_what_the_kernel_does_not_take_back_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory(4096)
    memory.take(4096)[0] = 7
    monkeypatch.setattr(shm._libc, "madvise", lambda *_: -1)
    assert not any(memory.take(4096))
