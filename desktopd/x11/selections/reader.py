"""The side of a selection that takes: asks its owner what it offers, and for the best of it.

Tested by tests/x11/test_clipboard.py and test_clipboard_forms.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from Xlib import error

from desktopd.x11.connection import Connection, Display
from desktopd.x11.selections.content import Content, ContentLimits
from desktopd.x11.selections.image_thread import in_turn
from desktopd.x11.selections.images import READABLE
from desktopd.x11.selections.properties import PropertyValue, Window
from desktopd.x11.selections.targets import Form, add, wanted
from desktopd.x11.selections.transfer import receive

# How long an owner may take to encode an image when it is asked for it, as Qt does; in seconds.
IMAGE_SECONDS = 30.0

_LONGEST_LIST = 4096


class SelectionReader:
    """Asks the owner of one selection, one thing at a time.

    `window` is ours, with PropertyChangeMask. Everything here raises TransferError when the owner
    does not do its part, and XRequestError.
    """

    def __init__(
        self, connection: Connection, window: Window, selection: str, limits: ContentLimits
    ) -> None:
        self._connection = connection
        self._window = window
        self._selection = selection
        self._limits = limits
        self._abandoned = 0

    async def targets(self) -> tuple[str, ...] | None:
        """The names of what is offered; None from an owner that cannot tell."""
        value = await self._receive("TARGETS", _LONGEST_LIST)
        if value is None or value.format != 32:
            return None
        atoms = [*value.data]
        return await self._connection.call(lambda display: tuple(_names(display, atoms)))

    async def add(self, content: Content, form: Form, offered: tuple[str, ...] | None) -> Content:
        """`content` and what the owner has in this form, if it has; ValueError for broken data."""
        limit = self._limits.text if form is Form.TEXT else self._limits.other
        for target in wanted(form, offered):
            seconds = IMAGE_SECONDS if form is Form.IMAGE else None
            value = await self._receive(target, limit, seconds)
            if value is not None and isinstance(value.data, bytes):
                run = in_turn if target in READABLE else asyncio.to_thread
                return await run(add, content, form, target, value.type, value.data)
        return content

    async def _receive(
        self, target: str, limit: int, seconds: float | None = None
    ) -> PropertyValue | None:
        # An owner whose transfer was abandoned may still write into the property it was given.
        into = f"DESKTOPD_{self._selection}_{self._abandoned}"
        self._abandoned += 1
        place = (self._connection, self._window, self._selection, target, into, limit)
        value = await receive(*place, answer_within=seconds)
        self._abandoned -= 1
        return value


def _names(display: Display, atoms: list[int]) -> Iterator[str]:
    """In the X thread."""
    for atom in atoms:
        try:
            yield str(display.get_atom_name(atom))
        except error.BadAtom:
            continue
