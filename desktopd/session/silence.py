"""Notices an application that hangs or is stopped: it leaves pings unanswered, or is in state T.

Tested by tests/x11/test_silence.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress

from desktopd.session.procfs import is_stopped
from desktopd.x11.errors import XError
from desktopd.x11.windows.desktop_windows import DesktopWindows

EVERY = 1.0
STOPPED_FOR = 3
"""Looks in a row: what a debugger or a job control stops may go on at once."""


class Silence:
    """Whether the application owes an answer; `run` looks once a second.

    `pid` is its process, `owns` tells whether another one is its too, `windows` are those on the
    display that is open. `changed` is called when `lasts` has changed.
    """

    def __init__(
        self,
        pid: Callable[[], int | None],
        owns: Callable[[int], bool],
        windows: Callable[[], DesktopWindows | None],
        changed: Callable[[], None],
    ) -> None:
        self.lasts = False
        self._pid = pid
        self._owns = owns
        self._windows = windows
        self._changed = changed
        self._stopped = 0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            lasts = await self._look()
            if lasts != self.lasts:
                self.lasts = lasts
                self._changed()

    async def _look(self) -> bool:
        main, windows = self._pid(), self._windows()
        programs = windows.programs if windows else frozenset()
        own = await asyncio.to_thread(self._owned, programs) | ({main} if main else set())
        self._stopped = self._stopped + 1 if any(map(is_stopped, own)) else 0
        silent: frozenset[int] = frozenset()
        if windows:
            # Without X there is nobody to answer; that it does not is for its own probe to see.
            with suppress(XError):
                silent = await windows.ping()
        return self._stopped >= STOPPED_FOR or not silent.isdisjoint(own)

    def _owned(self, pids: Collection[int]) -> set[int]:
        return {pid for pid in pids if self._owns(pid)}
