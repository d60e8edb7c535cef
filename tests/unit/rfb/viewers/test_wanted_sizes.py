from __future__ import annotations

import asyncio

from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.wanted_sizes import UNUSED, WantedSizes

DESK, PHONE, LAPTOP = Size(1920, 1080), Size(390, 844), Size(1280, 720)


def a_viewer() -> Viewer:
    return Viewer(role=Role.CONTROL, address="test", path=PixelPath.NATIVE)


class Screen:
    """What is asked of a screen, at a time that stands still."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked: list[tuple[Size, float | None]] = []
        self.fails = False
        self.sizes = WantedSizes(self.resize, lambda: self.now)
        self.desk, self.phone, self.laptop = a_viewer(), a_viewer(), a_viewer()

    async def resize(self, size: Size, scale: float | None) -> None:
        if self.fails:
            raise DisplayUnavailable("no display")
        self.asked.append((size, scale))

    async def since(self) -> list[tuple[Size, float | None]]:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asked, self.asked = self.asked, []
        return asked


async def a_desk_and_a_phone() -> Screen:
    screen = Screen()
    await screen.sizes.want(screen.desk, DESK, 1.25)
    await screen.sizes.want(screen.phone, PHONE, 3.0)
    assert await screen.since() == [(DESK, 1.25), (PHONE, 3.0)]
    return screen


async def test_the_size_goes_back_with_its_scale_when_its_viewer_leaves() -> None:
    screen = await a_desk_and_a_phone()
    screen.sizes.leave(screen.phone)
    assert await screen.since() == [(DESK, 1.25)]
    screen.sizes.leave(screen.desk)
    assert await screen.since() == []


async def test_of_those_who_stay_the_one_that_was_used_last_gets_it() -> None:
    screen = Screen()
    for viewer, size in ((screen.desk, DESK), (screen.laptop, LAPTOP), (screen.phone, PHONE)):
        await screen.sizes.want(viewer, size, None)
    screen.now = 5
    screen.sizes.used(screen.desk)
    await screen.since()
    screen.sizes.leave(screen.phone)
    assert await screen.since() == [(DESK, None)]


async def test_one_that_leaves_without_having_the_size_changes_nothing() -> None:
    screen = await a_desk_and_a_phone()
    screen.sizes.leave(screen.desk)
    assert await screen.since() == []
    screen.sizes.leave(screen.phone)
    assert await screen.since() == []


async def test_a_phone_that_is_put_away_gives_the_size_up_to_who_works() -> None:
    screen = await a_desk_and_a_phone()
    screen.now = UNUSED
    screen.sizes.used(screen.desk)
    assert await screen.since() == []
    screen.now += 1
    screen.sizes.used(screen.desk)
    screen.sizes.used(screen.desk)
    assert await screen.since() == [(DESK, 1.25)]
    screen.sizes.used(screen.phone)
    assert await screen.since() == []


async def test_two_who_both_work_do_not_take_it_from_each_other() -> None:
    screen = await a_desk_and_a_phone()
    for screen.now in range(100):
        screen.sizes.used(screen.desk)
        screen.sizes.used(screen.phone)
    assert await screen.since() == []


async def test_who_has_lost_control_gets_no_size() -> None:
    screen = await a_desk_and_a_phone()
    screen.desk.role = Role.VIEW
    screen.sizes.leave(screen.phone)
    assert await screen.since() == []


async def test_who_never_asked_is_no_heir() -> None:
    screen = Screen()
    screen.sizes.used(screen.desk)
    await screen.sizes.want(screen.phone, PHONE, None)
    await screen.since()
    screen.sizes.leave(screen.phone)
    assert await screen.since() == []


async def test_a_display_that_has_gone_does_not_matter() -> None:
    screen = await a_desk_and_a_phone()
    screen.fails = True
    screen.sizes.leave(screen.phone)
    assert await screen.since() == []
