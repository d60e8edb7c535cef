"""The keyboard and the pointer of one viewer, from its first key to its leaving.

Tested with the connection that uses it: tests/unit/rfb/server/test_client_connection.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktopd.x11.input.keyboard import ViewerKeys
from desktopd.x11.input.pointer import ViewerPointer


@dataclass(frozen=True, slots=True)
class Seat:
    """What a viewer types and points with."""

    keys: ViewerKeys
    pointer: ViewerPointer

    def leave(self) -> None:
        """Release all keys and buttons that the viewer holds."""
        self.keys.release_all()
        self.pointer.release_all()
