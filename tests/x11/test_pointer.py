from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from desktopd.x11.connection import Connection
from desktopd.x11.input.pointer import Pointer
from tests.x11.recorder import Button, Recorder, focus, recording


class Desk:
    """A display with a client that records, and its pointer."""

    def __init__(self, connection: Connection, pointer: Pointer, recorder: Recorder) -> None:
        self.connection = connection
        self.pointer = pointer
        self.recorder = recorder

    async def position(self) -> tuple[int, int]:
        answer = await self.connection.call(lambda display: display.screen().root.query_pointer())
        return answer.root_x, answer.root_y


@pytest.fixture
async def desk(start, connect, folder) -> AsyncIterator[Desk]:
    server = start()
    connection = await connect(server)
    with recording(server, folder) as recorder:
        await focus(connection)
        yield Desk(connection, await Pointer.open(connection), recorder)


async def test_the_pointer_goes_where_the_viewer_is(desk):
    viewer = desk.pointer.viewer()
    for x, y in ((0, 0), (639, 479), (17, 300)):
        viewer.event(x, y, 0)
        assert await desk.position() == (x, y)
    viewer.event(65535, 65535, 0)
    assert await desk.position() == (639, 479)


async def test_only_changes_of_buttons_are_sent(desk, eventually):
    viewer = desk.pointer.viewer()
    for x, buttons in ((10, 1), (11, 1), (12, 5), (13, 4), (14, 0)):
        viewer.event(x, 20, buttons)
    await eventually(
        desk.recorder.buttons,
        [
            *(Button(True, 1, 10, 20), Button(True, 3, 12, 20)),
            *(Button(False, 1, 13, 20), Button(False, 3, 14, 20)),
        ],
    )


@pytest.mark.parametrize("button", range(1, 10))
async def test_every_button(desk, eventually, button):
    viewer = desk.pointer.viewer()
    viewer.event(5, 6, 1 << button - 1)
    viewer.event(5, 6, 0)
    await eventually(
        desk.recorder.buttons, [Button(True, button, 5, 6), Button(False, button, 5, 6)]
    )


async def test_a_click_is_where_the_viewer_is_though_a_program_moved_the_pointer(desk, eventually):
    viewer = desk.pointer.viewer()
    viewer.event(5, 6, 0)
    await desk.connection.call(lambda display: display.screen().root.warp_pointer(100, 100))
    assert await desk.position() == (100, 100)
    viewer.event(5, 6, 1)
    await eventually(desk.recorder.buttons, [Button(True, 1, 5, 6)])


async def test_a_button_is_down_until_the_last_viewer_releases_it(desk, eventually):
    one, two = desk.pointer.viewer(), desk.pointer.viewer()
    one.event(1, 1, 1)
    two.event(2, 2, 1)
    one.event(3, 3, 0)
    two.event(4, 4, 0)
    await eventually(desk.recorder.buttons, [Button(True, 1, 1, 1), Button(False, 1, 4, 4)])


async def test_a_viewer_that_leaves_lets_go(desk, eventually):
    viewer = desk.pointer.viewer()
    viewer.event(7, 8, 3)
    viewer.release_all()
    viewer.release_all()
    await eventually(
        lambda: sorted((b.number, b.press) for b in desk.recorder.buttons()),
        [(1, False), (1, True), (2, False), (2, True)],
    )
    assert await desk.position() == (7, 8)
