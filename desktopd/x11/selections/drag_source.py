"""Drops on the programs of the desktop: the daemon as the source of a drag (XDND 5)."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from Xlib import X

from desktopd.tasks import to_completion
from desktopd.x11.connection import Connection, Display, XRequestError, x_errors
from desktopd.x11.input import xtest
from desktopd.x11.selections import xdnd
from desktopd.x11.selections.content import Content, ContentLimits
from desktopd.x11.selections.drop_target import DropTarget, drop_target
from desktopd.x11.selections.negotiation import DropResult, Negotiation
from desktopd.x11.selections.owner import SelectionOwner
from desktopd.x11.selections.properties import PropertyValue, Window, put
from desktopd.x11.selections.targets import offered

logger = logging.getLogger(__name__)


class DragSource:
    """Drops one content after the other, each from a window of its own.

    So a late answer to an earlier drop is not taken for one to a later, and a target that takes
    its time may still ask for what was dropped, until the next drop.
    """

    def __init__(self, connection: Connection, limits: ContentLimits) -> None:
        self._connection = connection
        self._limits = limits
        self._turn = asyncio.Lock()
        self._owner: SelectionOwner | None = None

    @classmethod
    async def open(cls, connection: Connection, limits: ContentLimits | None = None) -> DragSource:
        """Drag on the display of `connection`; XError when the server has no XTEST."""
        await connection.call(xtest.use)
        return cls(connection, limits or ContentLimits())

    async def drop(self, x: int, y: int, content: Content) -> DropResult:
        """Move the pointer to a pixel of the screen, and drop `content` there to be copied.

        TIMED_OUT where the target does not answer, or goes; it may still take the drop later. Drops
        that come meanwhile wait. Raises ContentTooLarge and XError.
        """
        content.check(self._limits)
        async with self._turn:
            target = await self._connection.call(partial(_reach, x, y))
            if target is None:
                return DropResult.NO_TARGET
            # Its window is one of ours for as long as the connection, whoever asks no more.
            owner = await to_completion(self._renewed_owner())
            time = await owner.time()
            await owner.own({xdnd.SELECTION: content}, time)
            types = await self._connection.call(partial(_list_types, owner.window, content))
            negotiation = Negotiation(
                self._connection, owner.window, target, lambda: owner.requests
            )
            try:
                return await negotiation.run(x, y, time, types)
            except XRequestError as failure:
                logger.info("the window under a drop has gone: %s", failure)
                return DropResult.TIMED_OUT

    async def _renewed_owner(self) -> SelectionOwner:
        # The old one goes last: python-xlib would give its window's number to the new one.
        new = await SelectionOwner.open(self._connection, xdnd.SELECTION, exact=True)
        old, self._owner = self._owner, new
        if old is not None:
            await old.close()
        return new


# From here on: run in the X thread.


def _reach(x: int, y: int, display: Display) -> DropTarget | None:
    """Move the pointer, for programs that look where it is, and say who takes drops there."""
    with x_errors(display, f"XTestFakeInput MotionNotify {x},{y}"):
        display.xtest_fake_input(X.MotionNotify, x=x, y=y)
    return drop_target(display, x, y)


def _list_types(window: Window, content: Content, display: Display) -> list[int]:
    """The types of `content` as atoms, for XdndEnter and XdndTypeList."""
    types = [display.get_atom(target.name) for target in offered(content)]
    put(window, display.get_atom(xdnd.TYPE_LIST), PropertyValue("ATOM", 32, types), display)
    return types
