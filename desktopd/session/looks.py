"""Looks at processes of which any may hold up who looks, for as long as it likes.

proc(5) tells little of one that is in an execve(2), or whose memory is locked: who reads more waits
until that is over. With a file of a disk that hangs it is never.

Tested by tests/unit/session/test_looks.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

Seen = TypeVar("Seen")

PATIENCE = 2.0
"""Seconds for one process; a thread that gets no processor for so long looks the same."""
_THEN = 0.1
"""Seconds for each of the others where one has taken all patience."""
_WAITS = 4
_MOST_HELD_UP = 16

log = logging.getLogger(__name__)


class Looks(Generic[Seen]):
    """Takes them in a thread, which is left behind where a process holds it up."""

    def __init__(self, look: Callable[[int], Seen]) -> None:
        """`look` is given a pid, and raises OSError: of one that has gone, or that it may not see.

        Any other failure is raised by `at`.
        """
        self._look = look
        self._held_up: set[int] = set()
        self._blind = False

    def at(self, pids: Iterable[int], patience: float = PATIENCE) -> dict[int, Seen]:
        """What is seen of them; nothing of those that have gone, or hold up a thread.

        Blocks: `patience` seconds for one that does, and little for each other.
        """
        onlookers = _Onlookers(self._look, [*pids], self._held_up)
        while len(self._held_up) < _MOST_HELD_UP:
            thread = _Onlooker(onlookers)
            try:
                thread.start()
            except RuntimeError:
                # The system has no room for another thread; that one is held up is rarer.
                thread.run()
            if thread.ends(patience):
                break
            patience = min(patience, _THEN)
        self._tell()
        if onlookers.failure is not None:
            raise onlookers.failure
        return onlookers.seen

    def _tell(self) -> None:
        blind = len(self._held_up) >= _MOST_HELD_UP
        if blind and not self._blind:
            log.error("a disk that is away keeps %d processes; others are not seen", _MOST_HELD_UP)
        self._blind = blind


class _Onlookers(Generic[Seen]):
    """What those share who look at some processes, one after the other."""

    def __init__(self, look: Callable[[int], Seen], pids: Iterable[int], held_up: set[int]) -> None:
        self.look = look
        self.left = iter([pid for pid in pids if pid not in held_up])
        self.held_up = held_up
        self.seen: dict[int, Seen] = {}
        self.failure: Exception | None = None


class _Onlooker(Thread, Generic[Seen]):
    def __init__(self, shared: _Onlookers[Seen]) -> None:
        super().__init__(name="looks", daemon=True)
        self._shared = shared
        self._lock = Lock()
        self._looks_at: int | None = None
        self._number = 0
        self._left_behind = False
        self._ended = Event()

    def run(self) -> None:
        while (pid := self._next()) is not None:
            seen: dict[int, Seen] = {}
            failure: Exception | None = None
            try:
                seen[pid] = self._shared.look(pid)
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                pass
            except Exception as error:
                failure = error
            self._note(pid, seen, failure)
        self._ended.set()

    def _next(self) -> int | None:
        with self._lock:
            if not self._left_behind:
                self._looks_at = next(self._shared.left, None)
            return self._looks_at

    def _note(self, pid: int, seen: dict[int, Seen], failure: Exception | None) -> None:
        with self._lock:
            self._looks_at = None
            self._number += 1
            if self._left_behind:
                self._shared.held_up.discard(pid)
                return
            self._shared.seen.update(seen)
            self._shared.failure = self._shared.failure or failure

    def ends(self, patience: float) -> bool:
        """Wait until it has seen all, or is at one process for `patience` seconds."""
        number, waits = 0, 0
        # Where all of us have been stopped meanwhile (docker pause) one wait is over at once.
        while not self._ended.wait(patience / _WAITS):
            with self._lock:
                held_up = self._looks_at is not None and self._number == number
                number, waits = self._number, waits + 1 if held_up else 0
                self._left_behind = waits == _WAITS
                if self._left_behind and self._looks_at is not None:
                    self._shared.held_up.add(self._looks_at)
                    return False
        return True
