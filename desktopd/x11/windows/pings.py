"""Which programs leave pings unanswered (EWMH, _NET_WM_PING): the counting, without X.

Tested by tests/unit/x11/windows/test_pings.py.
"""

from __future__ import annotations

from collections.abc import Iterable

PATIENCE = 8
"""Rounds: at one a second, what a program that computes may take before it is said to hang."""


class Pings:
    """Counts rounds rather than seconds: a machine or daemon that slept accuses nobody.

    A window that has never answered is not waited for, whatever its program claims.
    """

    def __init__(self) -> None:
        self._since: dict[int, int] = {}

    def answered(self, window: int) -> None:
        """A window's program has answered."""
        self._since[window] = 0

    def next_round(self, asked: Iterable[int]) -> frozenset[int]:
        """Begin a round in which these windows are asked; returns those that are silent now."""
        asked = set(asked)
        self._since = {
            window: rounds + 1 for window, rounds in self._since.items() if window in asked
        }
        return frozenset(window for window, rounds in self._since.items() if rounds > PATIENCE)
