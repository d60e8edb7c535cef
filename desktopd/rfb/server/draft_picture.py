"""The draft that an application shows while it draws its final picture, and what comes of it.

The application tells that what it shows is a draft, or no longer one, and X shows the picture: the
one may come before the other. This follows both. Tested by
tests/unit/rfb/server/test_refinement.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum, auto

from desktopd.rfb.server.tiles import Mask

# Seconds until a draft that is none any more is the final picture, since none has come: they are
# alike. And in which the picture may have come before it was told to be final.
_PATIENCE, _AHEAD = 0.3, 0.05
# Seconds in which what changes belongs to the final picture.
_FINAL = 1.0
# The part of the tiles of a draft that the picture after it changes at least: less is a thumbnail,
# or the text of a status bar.
_PART = 0.25


class Phase(Enum):
    """What the screen shows."""

    NO_DRAFT = auto()
    DRAFT = auto()
    AWAITED = auto()
    """A draft still, though the final picture is drawn: it is on its way to the screen."""
    FINAL = auto()


class DraftPicture:
    """Follows one screen; times are monotonic, in seconds. Belongs to the thread that captures."""

    def __init__(self, is_draft: Callable[[], bool]) -> None:
        """`is_draft` tells, in any thread, whether the application draws a finer picture."""
        self._is_draft = is_draft
        self._told_at = self._drawn_at = -math.inf
        self._largest = 0
        self.finished = False
        """Whether the last capture is the final picture."""

    def observe(self, changed: Mask, now: float) -> None:
        """Note a capture that differs in these tiles."""
        awaited = self.phase(now) is Phase.AWAITED
        tiles = int(changed.sum())
        self._largest = max(self._largest, tiles)
        large = tiles >= _PART * self._largest
        if large:
            self._drawn_at = now
        self.finished = awaited and large

    def phase(self, now: float) -> Phase:
        """What the screen shows at `now`."""
        if self._is_draft():
            self._told_at = now
            return Phase.DRAFT
        since = now - self._told_at
        if since >= _FINAL:
            self._largest = 0
            return Phase.NO_DRAFT
        if since > _PATIENCE or self._drawn_at > self._told_at - _AHEAD:
            return Phase.FINAL
        return Phase.AWAITED
