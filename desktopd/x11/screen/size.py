"""The size of the X screen: what it is, and one change after the other.

How X makes a change is in randr.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from desktopd.geometry import Size
from desktopd.observers import Observers
from desktopd.x11.connection import Connection, Event, XRequestError
from desktopd.x11.screen import randr

# Seconds between two changes: who follows the screen, x11vnc above all, needs some time for each.
INTERVAL = 0.2

logger = logging.getLogger(__name__)


class ScreenSize:
    """The one screen of the display. `size` is what X has, whoever changed it.

    `dpi` (dots per inch) is what X tells its clients at every size from the next change on.
    """

    def __init__(self, connection: Connection, size: Size, largest: Size, dpi: float) -> None:
        self.size = size
        self._connection = connection
        self._largest = largest
        self.dpi = dpi
        self._handlers: Observers[[Size]] = Observers()
        self._asked = size
        self._needed = Size(1, 1)
        self._wanted = size
        self._applied: tuple[Size, float] | None = None
        self._next_change = 0.0
        self._settling: asyncio.Task[Size] | None = None
        self._reached = False

    @classmethod
    async def open(cls, connection: Connection, largest: Size, dpi: float = 96) -> ScreenSize:
        """Follow the screen of `connection`, to be resized up to `largest`.

        Raises XError when the server has no RandR.
        """
        screen = cls(connection, await connection.call(randr.screen_size), largest, dpi)
        connection.subscribe(screen._on_event)
        screen._update(await connection.call(randr.follow))
        return screen

    def on_change(self, handler: Callable[[Size], None]) -> None:
        """Have `handler` called in the loop with each new size, whoever asked for it."""
        self._handlers.add(handler)

    async def resize(self, size: Size) -> Size:
        """Give the screen this size, each side brought into 64 to `largest`; returns what X has.

        It becomes larger, of the same shape, where what is shown needs more. Of calls that overlap
        only the latest size counts, and all of them return it. Raises
        XRequestError when X refuses; the screen then has the size that it had.
        """
        self._asked = size
        return await asyncio.shield(self._change())

    def need(self, size: Size) -> None:
        """Keep the screen at least as large as this from now on, whatever is asked for."""
        self._needed = size
        if self._target() != self._wanted:
            self._change()

    def _target(self) -> Size:
        return self._asked.grown(self._needed).clamped(self._largest)

    def _change(self) -> asyncio.Task[Size]:
        self._wanted = self._target()
        if self._settling is None:
            self._settling = asyncio.create_task(self._settle())
            self._settling.add_done_callback(_log_failure)
        return self._settling

    async def _settle(self) -> Size:
        try:
            while True:
                await asyncio.sleep(self._next_change - asyncio.get_running_loop().time())
                wanted = self._wanted
                try:
                    await self._apply(wanted)
                except XRequestError:
                    if wanted == self._wanted:
                        raise
                if wanted != self._wanted:
                    continue
                if self.size == wanted or not self._reached:
                    return self.size
                # X had the size that was asked for, and has been given another one meanwhile.
                self._asked = self.size
                self._wanted = self._target()
        finally:
            self._settling = None

    async def _apply(self, wanted: Size) -> None:
        dpi = self.dpi
        if wanted == self.size and (wanted, dpi) == self._applied:
            return
        # The events that tell the new size arrive before the call returns.
        change = partial(randr.set_screen_size, size=wanted, dpi=dpi)
        self._reached = self.size == wanted
        await self._connection.call(change)
        self._next_change = asyncio.get_running_loop().time() + INTERVAL
        self._applied = (wanted, dpi)

    def _on_event(self, event: Event) -> None:
        size = randr.told_size(event)
        if size is not None:
            self._update(size)

    def _update(self, size: Size) -> None:
        if size != self.size:
            self.size = size
            self._reached = self._reached or size == self._wanted
            if self._settling is None:  # somebody else's change, as by a viewer of Xvnc
                self._asked = self._wanted = size
                self.need(self._needed)
            self._handlers.call(size)


def _log_failure(settled: asyncio.Task[Size]) -> None:
    """A failure is raised by `resize`, but whoever asked for the size may have left meanwhile."""
    if not settled.cancelled() and (failure := settled.exception()):
        logger.info("the screen keeps its size: %s", failure)
