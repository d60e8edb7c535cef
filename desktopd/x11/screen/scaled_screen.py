"""Size and scale together: a screen of as many pixels as a viewer has, and programs drawn for it.

Tested by tests/x11/test_scale.py.
"""

from __future__ import annotations

from desktopd.geometry import Size
from desktopd.x11.connection import Connection
from desktopd.x11.screen.scale import DesktopScale
from desktopd.x11.screen.size import ScreenSize


class ScaledScreen:
    """Changes the `size` of a screen and the scale of the programs on it, as one."""

    def __init__(self, size: ScreenSize, scale: DesktopScale, dpi: int) -> None:
        self.size = size
        self._scale = scale
        self._dpi = dpi
        self._wanted = scale.value or 1.0

    @classmethod
    async def open(cls, connection: Connection, size: ScreenSize, dpi: int) -> ScaledScreen:
        """Rule the scale too, where nobody else does; 1 is for `dpi` dots an inch. XError."""
        return cls(size, await DesktopScale.open(connection, dpi), dpi)

    @property
    def scale(self) -> float | None:
        """How large programs draw; None where that is not for us to say."""
        return self._scale.value

    async def resize(self, size: Size, scale: float | None = None) -> Size:
        """As `ScreenSize.resize`; programs draw at `scale` then, or as before where it is None.

        They never need more than the screen has meanwhile: they become smaller before it does, and
        larger after it.
        """
        if scale is not None:
            self._wanted = scale
        if self._scale.value is not None:
            self.size.dpi = self._dpi * self._wanted
            if self._wanted < self._scale.value:
                await self._scale.set(self._wanted)
        real = await self.size.resize(size)
        await self._scale.set(self._wanted)
        return real
