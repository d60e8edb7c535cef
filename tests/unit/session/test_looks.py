"""Looks at processes, of which one holds up who looks."""

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from desktopd.session.family import bears, end_family, family, mark_of
from desktopd.session.leftovers import end_leftovers, is_left
from desktopd.session.looks import Looks
from desktopd.session.marks import MARK, marks_of, new_mark, only
from desktopd.session.process import Process
from desktopd.session.procfs import is_stopped, start_time
from desktopd.session.state import Running, StateFile
from tests.daemon import until
from tests.hung_disk import hung_process
from tests.unit.session.test_family import started


@pytest.fixture
def released() -> Iterator[Event]:
    event = Event()
    yield event
    event.set()


@pytest.fixture
def looks(released: Event) -> Looks[str]:
    """Odd numbers have gone, those above a hundred hold up who looks."""

    def look(pid: int) -> str:
        if pid % 2:
            raise ProcessLookupError
        if pid > 100:
            released.wait()
        return str(pid)

    return Looks(look)


def test_what_has_gone_is_left_out(looks: Looks[str]) -> None:
    assert looks.at(range(6)) == {0: "0", 2: "2", 4: "4"}
    assert looks.at([]) == {}


def test_one_that_holds_up_keeps_nobody_from_the_others(looks: Looks[str], released: Event) -> None:
    assert looks.at([2, 200, 4, 202, 6], patience=0.1) == {2: "2", 4: "4", 6: "6"}
    began = time.monotonic()
    assert looks.at([200, 202, 8], patience=60) == {8: "8"}
    assert time.monotonic() < began + 60
    released.set()
    until(lambda: looks.at([200, 202]) == {200: "200", 202: "202"}, 30, "the end of the wait")


def test_threads_that_are_held_up_are_not_without_number(looks: Looks[str]) -> None:
    assert looks.at(range(200, 300), patience=0.1) == {}
    assert looks.at([2]) == {}


def test_all_are_seen_without_another_thread(
    looks: Looks[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(_thread: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", start)
    assert looks.at(range(4)) == {0: "0", 2: "2"}


@pytest.fixture
def hung(folder: Path) -> Iterator[int]:
    """A process in an execve(2) that hangs, marked as of a session in `folder`."""
    with hung_process(folder, {MARK: new_mark(folder)}) as process:
        yield process.pid


def test_a_process_that_hangs_in_an_execve_holds_up_nobody(folder: Path, hung: int) -> None:
    mark = new_mark(folder)
    with started(mark, "sleep 60") as other:
        until(lambda: other.pid in family(marks_of(folder)), 30)
        assert hung not in family(marks_of(folder))
        end_family(only(mark))
    for ask in (is_stopped, mark_of, lambda pid: bears(pid, mark)):
        assert not ask(hung)


def test_a_lack_is_not_taken_for_the_end_of_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def lack(_pid: int, _name: str, _most: int = -1) -> bytes:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("desktopd.session.procfs.told_of", lack)
    with pytest.raises(OSError, match="Too many open files"):
        start_time(os.getpid())


def test_who_is_kept_from_the_processor_between_two_looks_keeps_nobody_out(
    looks: Looks[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Event.set

    def late(event: Event) -> None:
        time.sleep(0.5)
        real(event)

    monkeypatch.setattr("desktopd.session.looks.Event.set", late)
    assert looks.at([2], patience=0.1) == {2: "2"}
    monkeypatch.undo()
    assert looks.at([2]) == {2: "2"}


async def test_one_that_cannot_be_looked_at_holds_up_no_start_and_no_stop(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.session.procfs._TOLD_WITHIN", 0.5)
    with hung_process(folder, {MARK: new_mark(folder)}) as process:
        running = Running(process.pid, process.start_time, ("sleep", "60"))
        StateFile(folder / "state.json").started("application", running)
        assert start_time(process.pid) is None
        assert Process.adopt(process.pid, process.start_time) is None
        assert not is_left(folder)
        await end_leftovers(folder)
    assert StateFile(folder / "state.json").processes == {}


async def test_one_that_cannot_be_ended_is_not_waited_for_for_ever(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("desktopd.session.process._KILLED_WITHIN", 0.1)
    with hung_process(folder, {}) as hung:
        process = Process(hung.pid)
        await process.end(0.1)
        assert process.running
        assert f"process {hung.pid} was killed and goes on" in caplog.text
    await process.wait()
