"""Size and scale together: a screen of as many pixels as a viewer has, and programs drawn for it.

Tested by tests/x11/test_scale.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from desktopd.geometry import Size
from desktopd.x11.connection import Connection
from desktopd.x11.screen.scale import DesktopScale
from desktopd.x11.screen.size import ScreenSize

# Rows of pixels that a program surely sees missing, at the largest scale too.
_LESS = 8


class ScaledScreen:
    """Changes the `size` of a screen and the scale of the programs on it, as one."""

    def __init__(
        self,
        size: ScreenSize,
        scale: DesktopScale,
        dpi: int,
        taken_up: Callable[[], Awaitable[bool]],
    ) -> None:
        self.size = size
        self._scale = scale
        self._dpi = dpi
        self._wanted = scale.value or 1.0
        self._turn = asyncio.Lock()
        self._taken_up = taken_up

    @classmethod
    async def open(
        cls,
        connection: Connection,
        size: ScreenSize,
        dpi: int,
        taken_up: Callable[[], Awaitable[bool]],
    ) -> ScaledScreen:
        """Rule the scale too, where nobody else does; 1 is for `dpi` dots an inch.

        `taken_up` waits until programs have taken up what has happened; False without any that
        can tell. Raises XError.
        """
        return cls(size, await DesktopScale.open(connection, dpi), dpi, taken_up)

    @property
    def scale(self) -> float | None:
        """How large programs draw; None where that is not for us to say."""
        return self._scale.value

    async def resize(self, size: Size, scale: float | None = None) -> Size:
        """As `ScreenSize.resize`; programs draw at `scale` then, or as before where it is None."""
        if scale is not None:
            self._wanted = scale
        if self._scale.value not in (None, self._wanted):
            async with self._turn:
                await self._rescale(size)
        return await self.size.resize(size)

    async def _rescale(self, size: Size) -> None:
        """Change the scale, and leave the screen at another size than the one that is wanted.

        Qt lays a window out anew, and vispy draws for it, only at another size that comes after the
        scale. Programs never need more than the screen has: they become smaller before it does.
        """
        before, wanted = self._scale.value, self._wanted
        if before is None or before == wanted:
            return
        self.size.dpi = self._dpi * wanted
        if wanted > before:
            await self.size.resize(Size(size.width, size.height - _LESS))
        await self._scale.set(wanted)
        if await self._taken_up():
            await self.size.resize(Size(size.width, size.height - 2 * _LESS))
            await self._taken_up()
