"""Shows photographs on the display of the environment, one after the other, until it is ended."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from desktopd.geometry import Rectangle, Size
from desktopd.x11.connection import Connection
from tests.x11.native import Painter

AREA = Rectangle(320, 100, 640, 480)


async def _show() -> None:
    authority = Path(os.environ["XAUTHORITY"])
    connection = await Connection.open(os.environ["DISPLAY"], authority)
    painter = await Painter.open(connection, Size(AREA.width, AREA.height), AREA.x, AREA.y)
    await painter.keep_painting()


if __name__ == "__main__":
    asyncio.run(_show())
