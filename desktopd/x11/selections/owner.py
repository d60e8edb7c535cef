"""The side of a selection that gives (ICCCM sections 2.1 to 2.2): owns it, and answers requests.

Tested by tests/x11/test_clipboard.py and test_clipboard_forms.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from Xlib import X, error
from Xlib.ext import xfixes
from Xlib.protocol import event as core

from desktopd.x11.connection import Connection, Display, Event, XError, XRequestError, x_errors
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.image_thread import WrittenForms
from desktopd.x11.selections.properties import (
    PropertyValue,
    TransferError,
    Window,
    destroy,
    make_window,
)
from desktopd.x11.selections.targets import OFFERED, offered
from desktopd.x11.selections.transfer import is_earlier, send, server_time, tell

logger = logging.getLogger(__name__)

_MULTIPLE = "MULTIPLE"
_CHANGES_OF_OWNER = (
    xfixes.XFixesSetSelectionOwnerNotifyMask
    | xfixes.XFixesSelectionWindowDestroyNotifyMask
    | xfixes.XFixesSelectionClientCloseNotifyMask
)
_PROTOCOL_TARGETS = ("TARGETS", "TIMESTAMP", _MULTIPLE)
# What is answered of one request for several targets.
_MOST_PAIRS = 64
# What may take hundreds of megabytes until whoever asked has taken it: so many are answered at one
# moment, and so many wait or are answered.
_LARGE = {_MULTIPLE, *(target.name for target in OFFERED if target.slow)}
_AT_ONCE = 4
_MOST_WAITING = 64


@dataclass(frozen=True, slots=True)
class _Owned:
    """What a selection of ours gives, and since when, in the time of the X server."""

    content: Content
    since: int
    slow_forms: WrittenForms

    @classmethod
    def of(cls, content: Content, since: int) -> _Owned:
        return cls(content, since, WrittenForms(content))


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
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
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
        wanted = {self._atoms[name]: _Owned.of(content, time) for name, content in contents.items()}
        self._owned.update(wanted)
        for lost in await self._connection.call(partial(_own, self.window, [*wanted], time)):
            if self._owned.get(lost) is wanted[lost]:
                del self._owned[lost]

    def claim(self, selection: str, content: Content) -> Callable[[Display], None]:
        """What the X thread has to do to own a selection, unless another client does."""
        atom = self._atoms[selection]
        self._owned[atom] = _Owned.of(content, X.CurrentTime)
        return partial(_claim, self.window, atom)

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
            if await self._name(request.target) not in _LARGE:
                await self._answer(request, owned)
            elif self._waiting >= _MOST_WAITING:
                await tell(self._connection, request, X.NONE)
            else:
                owned = None  # nor does it keep an image while it waits
                await self._answer_in_turn(request)
        except (TransferError, XRequestError) as failure:
            logger.info("a program that pasted did not get all: %s", failure)

    async def _answer_in_turn(self, request: Event) -> None:
        self._waiting += 1
        try:
            async with self._turns:
                await self._answer(request, self._owned.get(request.selection))
        finally:
            self._waiting -= 1

    async def _answer(self, request: Event, owned: _Owned | None) -> None:
        values: dict[int, PropertyValue] = {}
        if owned is not None and not self._is_too_early(request, owned):
            values = await self._values(request, owned)
        if values:
            await send(self._connection, request, values, self._listening)
        else:
            await tell(self._connection, request, X.NONE)

    async def _values(self, request: Event, owned: _Owned) -> dict[int, PropertyValue]:
        """What is asked for, by the properties that it goes into; empty where it cannot be had."""
        if await self._name(request.target) == _MULTIPLE:
            return await self._several(request, owned)
        value = await self._value(request.target, owned)
        return {} if value is None else {request.property or request.target: value}

    async def _several(self, request: Event, owned: _Owned) -> dict[int, PropertyValue]:
        """What the pairs of targets and properties in the request's property ask for.

        That property is given back, without the pairs of what cannot be had.
        """
        pairs = await self._connection.call(partial(_pairs, request))
        values, told = {}, []
        for target, name in pairs:
            value = await self._value(target, owned) if name else None
            # The ICCCM crosses out the target, Xt and GTK the property.
            told += [X.NONE, X.NONE] if value is None else [target, name]
            if value is not None:
                values[name] = value
        if pairs:
            values[request.property] = PropertyValue("ATOM_PAIR", 32, told)
        return values

    def _is_too_early(self, request: Event, owned: _Owned) -> bool:
        time = request.time
        return self._exact and time != X.CurrentTime and is_earlier(time, owned.since)

    async def _name(self, atom: int) -> str:
        return await self._connection.call(partial(_name, atom))

    async def _value(self, wanted: int, owned: _Owned) -> PropertyValue | None:
        """What is offered as the target `wanted`, an atom."""
        targets = {target.name: target for target in offered(owned.content)}
        names = (*_PROTOCOL_TARGETS, *targets)
        name = await self._name(wanted)
        if name == "TARGETS":
            atoms = await self._connection.call(lambda display: [*map(display.get_atom, names)])
            return PropertyValue("ATOM", 32, atoms)
        if name == "TIMESTAMP":
            return PropertyValue("INTEGER", 32, [owned.since])
        if name not in targets:
            return None
        target = targets[name]
        try:
            if target.slow:
                data = await owned.slow_forms.of(target)
            else:
                data = await asyncio.to_thread(target.encode, owned.content)
        except (ValueError, OSError, MemoryError) as failure:
            logger.warning("a program that pasted does not get %s: %s", name, failure)
            return None
        return PropertyValue(name, 8, data)


# From here on: run in the X thread.


def owner_of(selection: int, display: Display) -> int:
    """The window that owns a selection (an atom), 0 without one."""
    owner = display.get_selection_owner(selection)
    return int(owner.id if owner else X.NONE)


def follow_owner(window: Window, selection: str, display: Display) -> None:
    """Have `window` told of each change of a selection's owner, also when that ends.

    Raises XError when the server has no XFIXES.
    """
    if not display.has_extension(xfixes.extname):
        raise XError("the X server has no XFIXES: start it with `+extension XFIXES`")
    with x_errors(display, "XFixesSelectSelectionInput"):
        display.xfixes_query_version()
        display.xfixes_select_selection_input(
            window, display.get_atom(selection), _CHANGES_OF_OWNER
        )


def _own(window: Window, selections: list[int], time: int, display: Display) -> list[int]:
    """Become the owner; returns the selections that are another's."""
    with x_errors(display, "SetSelectionOwner"):
        for selection in selections:
            window.set_selection_owner(selection, time)
    return [selection for selection in selections if owner_of(selection, display) != window.id]


def _claim(window: Window, selection: int, display: Display) -> None:
    if owner_of(selection, display) in (X.NONE, window.id):
        with x_errors(display, "SetSelectionOwner"):
            window.set_selection_owner(selection, X.CurrentTime)


def _name(atom: int, display: Display) -> str:
    """The name of an atom, empty where there is no such atom."""
    try:
        return str(display.get_atom_name(atom))
    except error.BadAtom:
        return ""


def _pairs(request: Event, display: Display) -> list[tuple[int, int]]:
    """The targets and properties that a request for several names (ICCCM section 2.6.2)."""
    if request.property == X.NONE:
        return []
    with x_errors(display, f"GetProperty of window {request.requestor.id:#x}"):
        found = request.requestor.get_property(
            request.property, X.AnyPropertyType, 0, 2 * _MOST_PAIRS
        )
    if found is None or found.format != 32:
        return []
    return list(zip(found.value[::2], found.value[1::2], strict=False))
