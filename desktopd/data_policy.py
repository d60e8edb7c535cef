"""What may come to the desktop and leave it, as whoever runs it has decided. Files: files/sharing.

Whoever may only watch neither gives nor gets copies, whatever is decided here.
"""

from __future__ import annotations

from enum import StrEnum

NOT_INTO = "copies may not come to this desktop"
NOT_OUT = "copies may not leave this desktop"
"""What is said to whom they are refused."""


class Copies(StrEnum):
    """Which way copies may go between a viewer and the desktop."""

    BOTH = "both"
    IN = "in"
    OUT = "out"
    OFF = "off"

    @property
    def into(self) -> bool:
        """Whether they may come to the desktop."""
        return self in (Copies.BOTH, Copies.IN)

    @property
    def out(self) -> bool:
        """Whether they may leave it."""
        return self in (Copies.BOTH, Copies.OUT)


class Screenshots(StrEnum):
    """Who may have pictures of the desktop as files."""

    ALL = "all"
    CONTROL = "control"
    OFF = "off"
