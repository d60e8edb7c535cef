"""The side of a selection that gives (ICCCM sections 2.1 to 2.2): owns it, and answers requests."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from functools import partial

from Xlib import X
from Xlib.protocol import event as core

from desktopd.x11.connection import Connection, Display, Event, XRequestError, x_errors
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.properties import (
    PropertyValue,
    TransferError,
    Window,
    destroy,
    make_window,
)
from desktopd.x11.selections.targets import offered
from desktopd.x11.selections.transfer import is_earlier, send, server_time

logger = logging.getLogger(__name__)

_PROTOCOL_TARGETS = ("TARGETS", "TIMESTAMP")


class SelectionOwner:
    """Offers one content at a time by all the `selections` named.

    `window` is the one that owns them; it has PropertyChangeMask, and may be used for more.
    """

    def __init__(
        self, connection: Connection, window: Window, selections: tuple[str, ...], *, exact: bool
    ) -> None:
        self.window = window
        self._connection = connection
        self._selections = selections
        self._exact = exact
        self._content = Content()
        self._owned: set[int] = set()
        self._owning = 0
        self._since = X.CurrentTime
        self._listening: Counter[int] = Counter()
        self._unsubscribe = connection.subscribe(self._on_event)

    @classmethod
    async def open(
        cls, connection: Connection, *selections: str, exact: bool = False
    ) -> SelectionOwner:
        """Make ready to own `selections`.

        Where `exact`, a request from before the selection was owned gets nothing (ICCCM section
        2.2); for the clipboard many programs give too early a time.
        """
        return cls(connection, await connection.call(make_window), selections, exact=exact)

    async def time(self) -> int:
        """The time of the X server in milliseconds."""
        return await server_time(self._connection, self.window)

    async def own(self, content: Content, time: int) -> None:
        """Offer `content`, unless another client became the owner after `time`."""
        self._content, self._since = content, time
        self._owning += 1
        try:
            self._owned = await self._connection.call(
                partial(_own, self.window, self._selections, time)
            )
        finally:
            self._owning -= 1
        self._forget_what_is_lost()

    async def close(self) -> None:
        """Answer nobody any more, and own nothing."""
        self._unsubscribe()
        await self._connection.call(partial(destroy, self.window))

    def _on_event(self, event: Event) -> None:
        if isinstance(event, core.SelectionRequest) and event.owner.id == self.window.id:
            self._connection.spawn(self._serve(event, self._content))
        elif (
            isinstance(event, core.SelectionClear)
            and event.window.id == self.window.id
            # A loss may be told after the selection is ours again.
            and is_earlier(self._since, event.time)
        ):
            self._owned.discard(event.atom)
            self._forget_what_is_lost()

    def _forget_what_is_lost(self) -> None:
        """Free what may be tens of megabytes once nobody can ask for it."""
        if not self._owned and not self._owning:
            self._content = Content()

    async def _serve(self, request: Event, content: Content) -> None:
        try:
            early = self._exact and request.time and is_earlier(request.time, self._since)
            value = None if early else await self._value(request, content)
            await send(self._connection, request, value, self._listening)
        except (TransferError, XRequestError) as failure:
            logger.info("a program that pasted did not get all: %s", failure)

    async def _value(self, request: Event, content: Content) -> PropertyValue | None:
        targets = {target.name: target for target in offered(content)}
        names = (*_PROTOCOL_TARGETS, *targets)
        name = await self._connection.call(partial(_name, request.target))
        if name == "TARGETS":
            atoms = await self._connection.call(lambda display: [*map(display.get_atom, names)])
            return PropertyValue("ATOM", 32, atoms)
        if name == "TIMESTAMP":
            return PropertyValue("INTEGER", 32, [self._since])
        if name not in targets:
            return None
        target = targets[name]
        try:
            data = await asyncio.to_thread(target.encode, content)
        except ValueError as failure:
            logger.warning("a program that pasted does not get %s: %s", name, failure)
            return None
        return PropertyValue(name, 8, data)


# From here on: run in the X thread.


def owner_of(selection: str, display: Display) -> int:
    """The window that owns a selection, 0 without one."""
    owner = display.get_selection_owner(display.get_atom(selection))
    return int(owner.id if owner else X.NONE)


def _own(window: Window, selections: tuple[str, ...], time: int, display: Display) -> set[int]:
    """Become the owner; the atoms of the selections that are now ours."""
    with x_errors(display, "SetSelectionOwner"):
        for name in selections:
            window.set_selection_owner(display.get_atom(name), time)
    ours = (name for name in selections if owner_of(name, display) == window.id)
    return {display.get_atom(name) for name in ours}


def _name(atom: int, display: Display) -> str:
    return str(display.get_atom_name(atom))
