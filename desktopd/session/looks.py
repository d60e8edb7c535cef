"""Looks at processes of which any may hold up who looks, for as long as it likes.

proc(5) tells little of one that is in an execve(2), or whose memory is locked: who reads more waits
until that is over. With a file of a disk that hangs it is never.

Tested by tests/unit/session/test_looks.py.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

Seen = TypeVar("Seen")

PATIENCE = 2.0
"""Seconds for one process; a thread that gets no processor for so long looks the same."""
_THEN = 0.1
"""Seconds for each of the others where one has taken all patience."""
_WAITS = 4
_MOST_HELD_UP = 16


class Looks(Generic[Seen]):
    """Takes them in a thread, which is left behind where a process holds it up."""

    def __init__(self, look: Callable[[int], Seen]) -> None:
        """`look` is given a pid, and raises OSError of one that has gone."""
        self._look = look
        self._held_up: set[int] = set()

    def at(self, pids: Iterable[int], patience: float = PATIENCE) -> dict[int, Seen]:
        """What is seen of them; nothing of those that have gone, or hold up a thread.

        Blocks: `patience` seconds for one that does, and little for each other.
        """
        left = iter([pid for pid in pids if pid not in self._held_up])
        seen: dict[int, Seen] = {}
        while len(self._held_up) < _MOST_HELD_UP:
            onlooker = _Onlooker(self._look, left, seen, self._held_up)
            try:
                onlooker.start()
            except RuntimeError:
                # The system has no room for another thread; that one is held up is rarer.
                onlooker.run()
            if onlooker.ends(patience):
                break
            patience = min(patience, _THEN)
        return seen


class _Onlooker(Thread, Generic[Seen]):
    def __init__(
        self,
        look: Callable[[int], Seen],
        left: Iterator[int],
        seen: dict[int, Seen],
        held_up: set[int],
    ) -> None:
        super().__init__(name="looks", daemon=True)
        self._look = look
        self._left = left
        self._seen = seen
        self._held_up = held_up
        self._lock = Lock()
        self._pid = 0
        self._number = 0
        self._left_behind = False
        self._ended = Event()

    def run(self) -> None:
        for pid in self._left:
            self._pid = pid
            seen = {}
            with contextlib.suppress(OSError):
                seen[pid] = self._look(pid)
            with self._lock:
                if self._left_behind:
                    self._held_up.discard(pid)
                    return
                self._seen.update(seen)
                self._number += 1
        self._ended.set()

    def ends(self, patience: float) -> bool:
        """Wait until it has seen all, or nothing more for `patience` seconds."""
        number, waits = 0, 0
        # Where all of us have been stopped meanwhile (docker pause) one wait is over at once.
        while not self._ended.wait(patience / _WAITS):
            with self._lock:
                waits = waits + 1 if self._number == number else 0
                self._left_behind = waits == _WAITS
                if self._left_behind:
                    self._held_up.add(self._pid)
                    return False
                number = self._number
        return True
