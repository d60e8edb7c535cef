"""PRIMARY, which the middle button pastes: what is selected, or what was copied where nothing is.

Tested by tests/x11/test_primary.py.
"""

from __future__ import annotations

from collections.abc import Callable

from desktopd.x11.connection import Connection, Display
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.owner import SelectionOwner

SELECTION = "PRIMARY"


class Primary:
    """Has the text of the clipboard in PRIMARY for a middle click, where nothing is selected.

    A selection of another program is left alone: to take it would end what is marked there, and a
    paste would go beside it instead of in its place.
    """

    def __init__(self, owner: SelectionOwner, text: Callable[[], str]) -> None:
        self._owner = owner
        self._text = text

    @classmethod
    async def open(cls, connection: Connection, text: Callable[[], str]) -> Primary:
        """`connection` is the one that clicks, so that the click comes after; `text` is called."""
        return cls(await SelectionOwner.open(connection, SELECTION), text)

    def fill(self) -> Callable[[Display], None]:
        """What the X thread has to do before a middle click."""
        return self._owner.claim(SELECTION, Content(text=self._text()))
