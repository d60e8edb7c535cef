"""When an application may start: not on a size that its first viewer is about to change.

What reads the size of the screen once, as Tk does for its menus, keeps to that for its life.

Tested by tests/unit/session/test_first_size.py.
"""

from __future__ import annotations

import asyncio

PATIENCE = 1.0
"""Seconds that a viewer's page has to tell its size: it may keep the size as it is."""


class FirstSize:
    """The size of the first viewer, from its coming to what it wants."""

    def __init__(self) -> None:
        self._expected = False
        self._known = asyncio.Event()

    def expect(self) -> None:
        """A viewer has come, and may want another size."""
        self._expected = True

    def know(self) -> None:
        """The screen has the size that a viewer wants."""
        self._known.set()

    async def wait(self) -> None:
        """Return once a viewer's size is known, after `PATIENCE`, or at once without a viewer."""
        if self._expected:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._known.wait()
            except TimeoutError:
                self._known.set()
