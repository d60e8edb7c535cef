"""The edges of the screen as a target of drags (XDND 5): what ends there is to leave the desktop.

Only while a program's drag runs: else the edges belong to the windows below them. Toolkits look for
a target where the pointer is, and a viewer's pointer that leaves the picture stays at its edge.
Tested by tests/x11/test_edge_target.py.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from Xlib import X, Xatom
from Xlib.ext import xfixes
from Xlib.protocol import event as core

from desktopd.observers import Observers
from desktopd.x11.connection import Connection, Display, Event, XRequestError, x_errors
from desktopd.x11.selections import uri_list, xdnd
from desktopd.x11.selections.content import Content, ContentLimits
from desktopd.x11.selections.owner import follow_owner
from desktopd.x11.selections.properties import (
    PropertyValue,
    TransferError,
    Window,
    make_window,
    put,
)
from desktopd.x11.selections.transfer import receive

# Pixels: a pointer at the edge of a picture that is drawn smaller is not at the very last one.
THICKNESS = 4
TARGET = "text/uri-list"

_BUTTONS = X.Button1Mask | X.Button2Mask | X.Button3Mask
# How often to look, in seconds, whether the buttons are still held: a drag's end is told to nobody
# else; and how often to have seen them free, since the drop comes after that.
_LOOK_SECONDS = 0.1
_LOOKS = 3
_MOST_TYPES = 1024

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Drag:
    """A drag over an edge: the window that it comes from, and whether it brings files or links."""

    source: int
    wanted: bool


class EdgeTarget:
    """Takes files and links that programs drag to an edge of the screen."""

    def __init__(
        self, connection: Connection, window: Window, edges: list[Window], limits: ContentLimits
    ) -> None:
        self._connection = connection
        self._window = window
        self._edges = {edge.id: edge for edge in edges}
        self._limits = limits
        self._following: asyncio.Task[None] | None = None
        self._handlers: Observers[[Content]] = Observers()

    @classmethod
    async def open(cls, connection: Connection, limits: ContentLimits | None = None) -> EdgeTarget:
        """Wait for drags on the display of `connection`; XError when the server has no XFIXES."""
        window = await connection.call(make_window)
        edges = await connection.call(lambda display: [_make_edge(display) for _ in range(4)])
        target = cls(connection, window, edges, limits or ContentLimits())
        connection.subscribe(target._on_event)
        await connection.call(partial(follow_owner, window, xdnd.SELECTION))
        return target

    def on_drop(self, handler: Callable[[Content], None]) -> Callable[[], None]:
        """Call `handler` in the loop with what was dragged out; returns how to end that."""
        return self._handlers.add(handler)

    def _on_event(self, event: Event) -> None:
        is_news = isinstance(event, xfixes.SelectionNotify) and event.window.id == self._window.id
        if not is_news or event.owner.id == X.NONE:
            return
        if self._following is None or self._following.done():
            self._following = self._connection.spawn(self._follow())

    async def _follow(self) -> None:
        """Be a target until the drag has ended; a drop of ours is no drag of a user."""
        if not await self._connection.call(_is_held):
            return
        with self._connection.collect(self._is_message) as messages:
            await self._connection.call(partial(_show, [*self._edges.values()]))
            try:
                await self._answer_all(messages)
            finally:
                self._connection.post(partial(_hide, [*self._edges.values()]))

    async def _answer_all(self, messages: asyncio.Queue[Event]) -> None:
        drag, looks = None, 0
        while looks < _LOOKS:
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    message = await messages.get()
            except TimeoutError:
                looks = 0 if await self._connection.call(_is_held) else looks + 1
            else:
                drag = await self._answer(message, drag)

    async def _answer(self, message: Event, drag: _Drag | None) -> _Drag | None:
        """Do what the source of a drag asks for; returns the drag that goes on."""
        kind = await self._connection.call(lambda d: str(d.get_atom_name(message.client_type)))
        words, edge = tuple(message.data[1]), message.window.id
        if kind == xdnd.ENTER:
            return await self._connection.call(partial(_entered, words))
        if drag is None or drag.source != words[0]:
            return drag
        action = await self._connection.call(lambda display: int(display.get_atom(xdnd.COPY)))
        if kind == xdnd.POSITION:
            self._say(drag, xdnd.STATUS, xdnd.status(edge, action if drag.wanted else 0))
        if kind == xdnd.DROP:
            taken = drag.wanted and await self._take(time=words[2])
            self._say(drag, xdnd.FINISHED, xdnd.finished(edge, action if taken else 0))
        return drag if kind == xdnd.POSITION else None

    async def _take(self, time: int) -> bool:
        """Get what was dropped, and tell of it; whether that was possible."""
        place = (self._window, xdnd.SELECTION, TARGET, "DESKTOPD_DRAGGED", self._limits.other)
        try:
            value = await receive(self._connection, *place, time=time)
            if value is None or not isinstance(value.data, bytes):
                return False
            dragged = Content(uris=uri_list.decode(value.data))
        except (TransferError, XRequestError, ValueError) as failure:
            logger.warning("what was dragged out of the desktop is lost: %s", failure)
            return False
        self._handlers.call(dragged)
        return True

    def _is_message(self, event: Event) -> bool:
        return (
            isinstance(event, core.ClientMessage)
            and event.window.id in self._edges
            and event.data[0] == 32
        )

    def _say(self, drag: _Drag, kind: str, words: xdnd.Words) -> None:
        self._connection.post(partial(_send, drag.source, kind, words))


# From here on: run in the X thread.


def _make_edge(display: Display) -> Window:
    """A window that is neither drawn nor shown yet, and that takes drops."""
    with x_errors(display, "CreateWindow for an edge"):
        edge = display.screen().root.create_window(
            *(-1, -1, 1, 1, 0, 0), X.InputOnly, X.CopyFromParent, override_redirect=True
        )
    put(edge, display.get_atom(xdnd.AWARE), PropertyValue("ATOM", 32, [xdnd.VERSION]), display)
    return edge


def _show(edges: list[Window], display: Display) -> None:
    """Put a window on each edge of the screen as it is now, above all others."""
    screen = display.screen().root.get_geometry()
    width, height = screen.width, screen.height
    places = (
        (0, 0, width, THICKNESS),
        (0, height - THICKNESS, width, THICKNESS),
        (0, 0, THICKNESS, height),
        (width - THICKNESS, 0, THICKNESS, height),
    )
    with x_errors(display, "MapWindow of the edges"):
        for edge, (x, y, w, h) in zip(edges, places, strict=True):
            edge.configure(x=x, y=y, width=w, height=h, stack_mode=X.Above)
            edge.map()


def _hide(edges: list[Window], display: Display) -> None:
    for edge in edges:
        edge.unmap()


def _is_held(display: Display) -> bool:
    """Whether a button of the pointer is pressed."""
    return bool(display.screen().root.query_pointer().mask & _BUTTONS)


def _entered(words: xdnd.Words, display: Display) -> _Drag:
    """What XdndEnter tells; more than three types stand in a property of the source."""
    types = [*words[2:]]
    source = display.create_resource_object("window", words[0])
    if words[1] & 1:
        found = source.get_property(display.get_atom(xdnd.TYPE_LIST), Xatom.ATOM, 0, _MOST_TYPES)
        types = [*found.value] if found else []
    return _Drag(words[0], display.get_atom(TARGET) in types)


def _send(source: int, kind: str, words: xdnd.Words, display: Display) -> None:
    window = display.create_resource_object("window", source)
    message = core.ClientMessage(
        window=window, client_type=display.get_atom(kind), data=(32, [*words])
    )
    with x_errors(display, f"SendEvent {kind} to window {source:#x}"):
        window.send_event(message)
