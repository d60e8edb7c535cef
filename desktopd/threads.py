"""Threads that are there before anything depends on them.

A pool that begins a thread when there is work for it fails amid that work where the system has no
more of them: in a control group of few processes (pids.max), or under `ulimit -u`. Here the lack is
told when the pool is made, and its work never fails by it.
"""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier


class NoThreads(OSError):
    """The system has no room for another thread; `strerror` says what to raise."""

    def __init__(self) -> None:
        text = "no thread can be begun; raise ulimit -u, or pids.max of the control group"
        super().__init__(errno.EAGAIN, text)


class Threads(ThreadPoolExecutor):
    """A pool whose threads have all begun; raises NoThreads."""

    def __init__(self, number: int, name: str = "") -> None:
        super().__init__(number, name)
        begun = Barrier(number + 1)
        try:
            # One that waits is not idle: each call has a thread of its own begun.
            for _ in range(number):
                self.submit(begun.wait)
        except RuntimeError:
            begun.abort()
            self.shutdown(wait=False, cancel_futures=True)
            raise NoThreads from None
        begun.wait()
