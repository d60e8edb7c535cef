"""The side of a selection that gives (ICCCM sections 2.1 to 2.2): owns it, and answers requests.

Tested by tests/x11/test_clipboard.py and test_clipboard_forms.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Owned:
    """What a selection of ours gives, and since when, in the time of the X server."""

    content: Content
    since: int


class SelectionOwner:
    """Offers contents by selections, each in the time that it owns the selection.

    `window` is the one that owns them; it has PropertyChangeMask, and may be used for more.
    `requests` counts how often others have asked.
    """

    def __init__(
        self, connection: Connection, window: Window, atoms: dict[str, int], *, exact: bool
    ) -> None:
        self.window = window
        self.requests = 0
        self._connection = connection
        self._atoms = atoms
        self._exact = exact
        self._owned: dict[int, _Owned] = {}
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
        window = await connection.call(make_window)
        atoms = await connection.call(lambda display: [*map(display.get_atom, selections)])
        return cls(connection, window, dict(zip(selections, atoms, strict=True)), exact=exact)

    async def time(self) -> int:
        """The time of the X server in milliseconds."""
        return await server_time(self._connection, self.window)

    async def own(self, contents: Mapping[str, Content], time: int) -> None:
        """Own the selections named in `contents`, except for what others got after `time`."""
        wanted = {self._atoms[name]: _Owned(content, time) for name, content in contents.items()}
        self._owned.update(wanted)
        for lost in await self._connection.call(partial(_own, self.window, [*wanted], time)):
            if self._owned.get(lost) is wanted[lost]:
                del self._owned[lost]

    async def close(self) -> None:
        """Answer nobody any more, and own nothing."""
        self._unsubscribe()
        await self._connection.call(partial(destroy, self.window))

    def _on_event(self, event: Event) -> None:
        if isinstance(event, core.SelectionRequest) and event.owner.id == self.window.id:
            self.requests += 1
            self._connection.spawn(self._serve(event, self._owned.get(event.selection)))
        elif isinstance(event, core.SelectionClear) and event.window.id == self.window.id:
            owned = self._owned.get(event.atom)
            # A loss may be told after the selection is ours again.
            if owned is not None and is_earlier(owned.since, event.time):
                del self._owned[event.atom]  # tens of megabytes, perhaps

    async def _serve(self, request: Event, owned: _Owned | None) -> None:
        try:
            value = None
            if owned is not None and not self._is_too_early(request, owned):
                value = await self._value(request, owned)
            await send(self._connection, request, value, self._listening)
        except (TransferError, XRequestError) as failure:
            logger.info("a program that pasted did not get all: %s", failure)

    def _is_too_early(self, request: Event, owned: _Owned) -> bool:
        time = request.time
        return self._exact and time != X.CurrentTime and is_earlier(time, owned.since)

    async def _value(self, request: Event, owned: _Owned) -> PropertyValue | None:
        targets = {target.name: target for target in offered(owned.content)}
        names = (*_PROTOCOL_TARGETS, *targets)
        name = await self._connection.call(partial(_name, request.target))
        if name == "TARGETS":
            atoms = await self._connection.call(lambda display: [*map(display.get_atom, names)])
            return PropertyValue("ATOM", 32, atoms)
        if name == "TIMESTAMP":
            return PropertyValue("INTEGER", 32, [owned.since])
        if name not in targets:
            return None
        target = targets[name]
        try:
            data = await asyncio.to_thread(target.encode, owned.content)
        except ValueError as failure:
            logger.warning("a program that pasted does not get %s: %s", name, failure)
            return None
        return PropertyValue(name, 8, data)


# From here on: run in the X thread.


def owner_of(selection: int, display: Display) -> int:
    """The window that owns a selection (an atom), 0 without one."""
    owner = display.get_selection_owner(selection)
    return int(owner.id if owner else X.NONE)


def _own(window: Window, selections: list[int], time: int, display: Display) -> list[int]:
    """Become the owner; returns the selections that are another's."""
    with x_errors(display, "SetSelectionOwner"):
        for selection in selections:
            window.set_selection_owner(selection, time)
    return [selection for selection in selections if owner_of(selection, display) != window.id]


def _name(atom: int, display: Display) -> str:
    return str(display.get_atom_name(atom))
