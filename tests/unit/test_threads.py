"""Threads that are there before they are needed: no call fails by the lack of one."""

from __future__ import annotations

import threading
from concurrent.futures import wait

import pytest

from desktopd.files.threads import THREADS, DiskThreads
from desktopd.threads import NoThreads, Threads


@pytest.fixture
def no_more(monkeypatch: pytest.MonkeyPatch):
    """A function that has the system begin no more threads than so many."""

    def after(number: int) -> None:
        begin, left = threading.Thread.start, iter(range(number))

        def start(thread: threading.Thread) -> None:
            if next(left, None) is None:
                raise RuntimeError("can't start new thread")
            begin(thread)

        monkeypatch.setattr(threading.Thread, "start", start)

    return after


def test_all_of_them_work_at_once_without_another_being_begun(no_more) -> None:
    pool = Threads(4, "test")
    no_more(0)
    together = threading.Barrier(4)
    calls = [pool.submit(together.wait, 10) for _ in range(4)]
    assert not wait(calls, 10).not_done
    assert sorted(call.result() for call in calls) == [0, 1, 2, 3]


def test_a_lack_is_told_at_the_beginning_and_leaves_no_thread(no_more) -> None:
    no_more(3)
    with pytest.raises(NoThreads, match=r"pids\.max"):
        Threads(4, "lacking")
    for thread in threading.enumerate():
        if thread.name.startswith("lacking"):
            thread.join(10)
            assert not thread.is_alive()


async def test_what_blocks_on_the_disk_needs_no_thread_that_is_begun_later(no_more) -> None:
    disk = DiskThreads().of("somebody")
    no_more(0)
    for number in range(2 * THREADS):
        assert await disk.run(abs, -number) == number
