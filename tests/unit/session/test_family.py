"""Processes that are known by the mark in their environment. Real processes."""

import math
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktopd.session.family import _LONGEST, bears, end_family, family, mark_of
from desktopd.session.marks import MARK, marks_of, new_mark, only
from desktopd.session.procfs import start_time
from desktopd.session.shm import segments_of
from tests.daemon import until
from tests.unit.clock import Clock


@contextmanager
def started(mark: str, script: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {"PATH": os.environ["PATH"], MARK: mark}
    process = subprocess.Popen(["sh", "-c", script], env=environment, start_new_session=True)
    try:
        yield process
    finally:
        end_family(only(mark))
        process.wait()


def test_what_has_left_the_session_is_still_of_the_family(folder: Path) -> None:
    mark = new_mark(folder)
    with started(mark, "setsid sleep 60 & exit 0") as launcher:
        launcher.wait()
        # It is a process of the launcher's own session until setsid has done its work.
        (left,) = until(lambda: [p for p in family(only(mark)) if os.getsid(p) != launcher.pid], 30)
        assert mark_of(left) == mark
        assert family(marks_of(folder)) == [left]
        end_family(only(mark))
        assert start_time(left) is None


def test_the_shared_memory_of_a_family_ends_with_it(folder: Path) -> None:
    mark = new_mark(folder)
    make = "import ctypes, time; ctypes.CDLL(None).shmget(0, 4096, 0o1600); time.sleep(60)"
    with started(mark, f"setsid {sys.executable} -c '{make}' & wait"):
        until(lambda: segments_of(*family(only(mark))), 30)
        members = family(only(mark))
        end_family(only(mark))
        assert segments_of(*members) == []


def test_one_that_does_not_listen_to_sigterm_is_killed(folder: Path) -> None:
    mark = new_mark(folder)
    with started(mark, "trap '' TERM; echo; while :; do sleep 1; done"):
        until(lambda: family(only(mark)), 30)
        end_family(only(mark))
        assert family(only(mark)) == []


def test_families_of_other_starts_and_sessions_are_apart(folder: Path) -> None:
    first, second = new_mark(folder), new_mark(folder)
    (beside := folder / "beside").mkdir()
    other = new_mark(beside)
    with started(first, "sleep 60") as one, started(second, "sleep 60"), started(other, "sleep 60"):
        until(lambda: one.pid in family(only(first)), 30)
        assert len(family(marks_of(folder))) >= 2
        end_family(marks_of(folder))
        assert family(only(first)) + family(only(second)) == []
        assert family(only(other)) != []


def test_what_is_locked_ends_alone(folder: Path) -> None:
    locked, other = new_mark(folder, locked=True), new_mark(folder)
    with started(locked, "sleep 60"), started(other, "sleep 60") as beside:
        until(lambda: family(only(locked)), 30)
        end_family(marks_of(folder, locked=True))
        assert family(only(locked)) == []
        assert beside.pid in family(marks_of(folder))


def test_those_that_make_others_are_not_ended_for_ever(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.session.family._GIVEN_UP_AFTER", 0.0)
    mark = new_mark(folder)
    with started(mark, "trap '' TERM; echo; while :; do sleep 1; done") as process:
        until(lambda: family(only(mark)), 30)
        end_family(only(mark))
        monkeypatch.undo()
        assert process.poll() is None


def test_what_does_not_die_is_not_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As what a disk keeps: ten minutes and more, if that is all that ends it."""
    monkeypatch.setattr("desktopd.session.family._GIVEN_UP_AFTER", math.inf)
    monkeypatch.setattr("desktopd.session.family._signal", lambda *_: None)
    mark = new_mark(folder)
    with started(mark, "sleep 60") as process:
        until(lambda: family(only(mark)), 30)
        end_family(only(mark))
        assert process.poll() is None
        monkeypatch.undo()


SHOWN = """
import ctypes, mmap, struct, sys
libc = ctypes.CDLL(None)
SIZE = int(sys.argv[1])
libc.mmap.restype = ctypes.c_void_p
PRIVATE_ANONYMOUS = 0x22
shown = libc.mmap(None, ctypes.c_size_t(SIZE), 1, PRIVATE_ANONYMOUS, -1, ctypes.c_long(0))
fields = open("/proc/self/stat").read().rpartition(")")[2].split()
code, _, stack = (int(fields[number - 3]) for number in (26, 27, 28))
code_end, (data, data_end, heap, begin, end) = int(fields[24]), map(int, fields[42:47])
places = (code, code_end, data, data_end, heap, heap, stack, begin, end, shown, shown + SIZE, 0)
own = ctypes.create_string_buffer(struct.pack("12QII", *places, 0, 0xFFFFFFFF), 104)
SET_MM, MAP = 35, 14  # linux/prctl.h
if SIZE and libc.prctl(SET_MM, MAP, own, ctypes.c_ulong(104), 0):
    sys.exit(print("refused"))
page = int(fields[47]) & ~(mmap.PAGESIZE - 1)
if SIZE == 0:
    libc.munmap(ctypes.c_void_p(page), ctypes.c_size_t(int(fields[48]) - page))
print("begun", flush=True)
while True:
    libc.sleep(600)
"""


@contextmanager
def showing(size: int) -> Iterator[int]:
    """A process that shows so many bytes of nothing as its environment."""
    words = [sys.executable, "-c", SHOWN, str(size)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            told = process.stdout.readline()
            if told == b"refused\n":
                pytest.skip("this kernel lets no process say where its environment lies")
            assert told == b"begun\n"
            yield process.pid
        finally:
            process.kill()


def test_one_that_shows_no_environment_is_not_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr("desktopd.session.family.time.monotonic", clock)
    monkeypatch.setattr("desktopd.session.family.time.sleep", clock.pass_by)
    mark, began = new_mark(folder), clock.now
    with showing(0) as hidden:
        assert mark_of(hidden) is None
        assert not bears(hidden, mark)
        assert clock.now == began


def test_of_what_a_process_shows_no_more_is_read_than_it_can_be_given() -> None:
    with showing(64 * _LONGEST) as pid:
        tracemalloc.start()
        assert mark_of(pid) is None
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 8 * _LONGEST


def test_what_is_gone_has_no_mark() -> None:
    assert mark_of(2**22) is None
    assert mark_of(os.getpid()) is None


def test_one_that_replaces_its_program_is_found_meanwhile(folder: Path) -> None:
    mark = new_mark(folder)
    again = folder / "again"
    again.write_text('#!/bin/sh\nexec "$0"\n')
    again.chmod(0o755)
    with started(mark, f"exec {again}") as process:
        until(lambda: family(only(mark)), 30)
        assert [family(only(mark)) for _ in range(300)] == [[process.pid]] * 300


def test_what_was_given_no_variable_is_not_waited_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.session.family._EXEC_WITHIN", math.inf)
    with started(new_mark(folder), "exec env -i sleep 60") as process:
        until(lambda: Path(f"/proc/{process.pid}/comm").read_text() == "sleep\n", 30)
        assert mark_of(process.pid) is None
        process.kill()
