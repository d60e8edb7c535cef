"""How long a layer that was saved is left alone, so that saving takes a small part of the time.

Tested by tests/unit/integrations/napari/session/test_rests.py.
"""

from __future__ import annotations

from collections.abc import Collection

SHARE = 10
"""A layer rests for so many times as long as its save took."""
LONGEST = 20.0
"""Seconds for which one rests at most."""

Key = int | None


class Rests:
    """The rests of layers by their ids, and of the viewer by None; seconds of one steady clock."""

    def __init__(self) -> None:
        self._until: dict[Key, float] = {}

    def begin(self, now: float, lengths: dict[Key, float]) -> None:
        """Have each rest that was saved by `now`, in so many seconds; that of None each needs."""
        own = lengths.get(None, 0.0)
        for key, length in lengths.items():
            taken = own if key is None else own + length
            self._until[key] = now + min(SHARE * taken, LONGEST)

    def end(self, keys: Collection[Key]) -> None:
        """Forget layers that are gone."""
        for key in keys:
            self._until.pop(key, None)

    def until(self, keys: Collection[Key]) -> float:
        """When the first of them has rested."""
        return min((self._until.get(key, 0.0) for key in keys), default=0.0)

    def resting(self, now: float, keys: Collection[Key]) -> set[Key]:
        """Those of them that rest at `now`."""
        return {key for key in keys if self._until.get(key, 0.0) > now}
