"""Drags of real programs that end at an edge of the screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktopd.geometry import Size
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.drag_source import DragSource
from desktopd.x11.selections.edge_target import EdgeTarget
from desktopd.x11.selections.negotiation import DropResult
from desktopd.x11.windows.window_manager import window_manager
from tests.x11.dragging import GTK, QT, Drag, shown

if TYPE_CHECKING:
    from conftest import Server

SCREEN = Size(800, 600)
EDGES = [(799, 300), (0, 300), (400, 599), (400, 0)]
PATHS = (Path("/data/cells.tif"), Path("/data/zwölf Zellen #1 100%.tif"))


class Desktop:
    """A server with a window manager, and what has been dragged out of it."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.left: list[Content] = []
        self._folder = folder

    @asynccontextmanager
    async def drag(self, to: tuple[int, int], source: tuple[str, str] = QT) -> AsyncIterator[Drag]:
        """Drag files to a place, and hold them there."""
        with shown(self.server.environment, self._folder, *PATHS, source=source) as drag:
            await asyncio.to_thread(drag.take)
            await asyncio.to_thread(drag.move, *to)
            yield drag


@pytest.fixture
async def desktop(start: Callable[..., Server], connect, eventually, folder) -> Desktop:
    server = start("xvfb", SCREEN)
    server.start("openbox", "--sm-disable")
    connection = await connect(server)
    await eventually(lambda: window_manager(connection), "Openbox")
    desktop = Desktop(server, folder)
    (await EdgeTarget.open(connection)).on_drop(desktop.left.append)
    return desktop


@pytest.mark.parametrize(("source", "edges"), [(QT, EDGES), (GTK, EDGES[:1])])
async def test_what_is_dragged_over_an_edge_leaves(desktop, eventually, source, edges):
    for count, edge in enumerate(edges, 1):
        async with desktop.drag(edge, source) as drag:
            await eventually(lambda: drag.rest() or drag.accepted())
            drag.release()
            await eventually(lambda: len(desktop.left), count)
            assert desktop.left[-1].files == PATHS


async def test_the_edges_are_the_windows_own_again_after_a_drag(desktop, eventually):
    def pointed() -> str:
        return desktop.server.run("xdotool", "mousemove", "799", "300", "getmouselocation")

    free = pointed()
    async with desktop.drag((400, 300)) as drag:
        await eventually(lambda: pointed() != free)
        await asyncio.to_thread(drag.move, 400, 300)
        drag.release()
        await eventually(lambda: pointed() == free)
    assert desktop.left == []


async def test_a_drop_of_ours_does_not_leave(desktop, connect):
    source = await DragSource.open(await connect(desktop.server))
    result = await source.drop(799, 300, Content.of_files(PATHS))
    assert result is DropResult.NO_TARGET
    assert desktop.left == []
