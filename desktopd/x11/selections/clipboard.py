"""The clipboard of X: the selection CLIPBOARD as text in UTF-8 (ICCCM section 2, XFIXES)."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from functools import partial

from Xlib import X
from Xlib.ext import xfixes
from Xlib.protocol import event as core

from desktopd.limits import CLIPBOARD_LIMIT
from desktopd.observers import Observers
from desktopd.x11.connection import Connection, Display, Event, XError, XRequestError, x_errors
from desktopd.x11.selections.transfer import Content, TransferError, Window, receive, send

SELECTION = "CLIPBOARD"
UTF8_TARGETS = ("UTF8_STRING", "text/plain;charset=utf-8")
LATIN1_TARGET = "STRING"
TARGETS = ("TARGETS", "TIMESTAMP", *UTF8_TARGETS, LATIN1_TARGET)

logger = logging.getLogger(__name__)


class Clipboard:
    """The clipboard. `text` is the last that was known, from another X client or from `set`."""

    def __init__(self, connection: Connection, window: Window, limit: int) -> None:
        self.text = ""
        self._connection = connection
        self._window = window
        self._limit = limit
        self._handlers: Observers[[str]] = Observers()
        self._offered = ""
        self._owned_since = X.CurrentTime
        self._listening: Counter[int] = Counter()
        self._reading: asyncio.Task[None] | None = None
        self._abandoned = 0

    @classmethod
    async def open(cls, connection: Connection, limit: int = CLIPBOARD_LIMIT) -> Clipboard:
        """Follow the clipboard of `connection`, for texts of at most `limit` bytes of UTF-8.

        Raises XError when the server has no XFIXES.
        """
        clipboard = cls(connection, await connection.call(_make_window), limit)
        connection.subscribe(clipboard._on_event)
        await connection.call(partial(_follow, clipboard._window))
        clipboard._read_anew()
        return clipboard

    def on_change(self, handler: Callable[[str], None]) -> None:
        """Have `handler` called in the loop with each text that another X client copies."""
        self._handlers.add(handler)

    async def set(self, text: str) -> None:
        """Become the owner of CLIPBOARD and PRIMARY, with `text` to paste.

        Raises ValueError when it is over the limit, or no Unicode (a lone surrogate).
        """
        size = len(text.encode())
        if size > self._limit:
            raise ValueError(f"clipboard text of {size} bytes: at most {self._limit} are allowed")
        if self._reading is not None:
            self._reading.cancel()
        self.text = self._offered = text
        await self._connection.call(partial(_own, self._window))

    def _on_event(self, event: Event) -> None:
        if isinstance(event, core.SelectionRequest) and event.owner.id == self._window.id:
            self._connection.spawn(self._serve(event))
        elif isinstance(event, xfixes.SelectionNotify) and event.window.id == self._window.id:
            if event.owner.id == self._window.id:
                self._owned_since = event.selection_timestamp
            elif event.owner.id != X.NONE:
                self._read_anew()

    def _read_anew(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._connection.spawn(self._read())

    async def _read(self) -> None:
        """Read what another client has copied; cancelled by a later copy and by `set`."""
        # An owner whose transfer was abandoned may still write into the property it was given.
        into = f"DESKTOPD_{SELECTION}_{self._abandoned}"
        self._abandoned += 1
        if await self._connection.call(_owner) not in (X.NONE, self._window.id):
            try:
                text = await self._received_text(into)
            except TransferError as failure:
                logger.warning("what another program copied is ignored: %s", failure)
                return
            if text is not None:
                self.text = text
                self._handlers.call(text)
        self._abandoned -= 1

    async def _received_text(self, into: str) -> str | None:
        for target in (UTF8_TARGETS[0], LATIN1_TARGET):
            content = await receive(
                self._connection, self._window, SELECTION, target, into, self._limit
            )
            if content is not None and isinstance(content.data, bytes):
                encoding = "latin-1" if content.type == LATIN1_TARGET else "utf-8"
                return content.data.decode(encoding, "replace")
        logger.debug("what another program copied is no text")
        return None

    async def _serve(self, request: Event) -> None:
        try:
            target = await self._connection.call(lambda display: _name(display, request.target))
            content = await self._connection.call(partial(self._content, target))
            await send(self._connection, request, content, self._listening)
        except (TransferError, XRequestError) as failure:
            logger.info("a program that pasted did not get the text: %s", failure)

    def _content(self, target: str, display: Display) -> Content | None:
        if target == "TARGETS":
            return Content("ATOM", 32, [display.get_atom(name) for name in TARGETS])
        if target == "TIMESTAMP":
            return Content("INTEGER", 32, [self._owned_since])
        if target in UTF8_TARGETS:
            return Content(target, 8, self._offered.encode())
        if target == LATIN1_TARGET:
            return Content(target, 8, self._offered.encode("latin-1", "replace"))
        return None


# From here on: run in the X thread.


def _make_window(display: Display) -> Window:
    root = display.screen().root
    with x_errors(display, "CreateWindow for the clipboard"):
        return root.create_window(
            *(-1, -1, 1, 1, 0, 0, X.InputOnly), event_mask=X.PropertyChangeMask
        )


def _follow(window: Window, display: Display) -> None:
    if not display.has_extension(xfixes.extname):
        raise XError("the X server has no XFIXES: start it with `+extension XFIXES`")
    with x_errors(display, "XFixesSelectSelectionInput"):
        display.xfixes_query_version()
        display.xfixes_select_selection_input(
            window, display.get_atom(SELECTION), xfixes.XFixesSetSelectionOwnerNotifyMask
        )


def _owner(display: Display) -> int:
    owner = display.get_selection_owner(display.get_atom(SELECTION))
    return int(owner.id if owner else X.NONE)


def _own(window: Window, display: Display) -> None:
    with x_errors(display, "SetSelectionOwner"):
        for selection in (SELECTION, "PRIMARY"):
            window.set_selection_owner(display.get_atom(selection), X.CurrentTime)


def _name(display: Display, atom: int) -> str:
    return str(display.get_atom_name(atom))
