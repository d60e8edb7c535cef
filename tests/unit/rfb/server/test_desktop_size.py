from __future__ import annotations

import asyncio

import pytest

from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.server_messages import (
    ResizeReason,
    ResizeStatus,
    Screen,
    desktop_size,
    extended_desktop_size,
    joined,
)
from desktopd.rfb.server.desktop_size import DesktopSize

SMALL, LARGE = Size(640, 480), Size(801, 601)
EXTENDED = frozenset({Encoding.EXTENDED_DESKTOP_SIZE})
SERVER, THIS, OTHER = ResizeReason
DONE, PROHIBITED = ResizeStatus.DONE, ResizeStatus.PROHIBITED


def told(
    size: Size, reason: ResizeReason = SERVER, status: ResizeStatus = ResizeStatus.DONE
) -> bytes:
    screen = Screen(0, 0, 0, size.width, size.height)
    return joined([extended_desktop_size(size.width, size.height, [screen], reason, status)])


class Desk:
    """A screen, and a viewer of it."""

    def __init__(self, encodings: frozenset[int] = EXTENDED) -> None:
        self.size = SMALL
        self.by_viewer = False
        self.said: list[bytes] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.refuses = False
        self.desktop_size = DesktopSize(
            self.said.append, lambda: self.size, self.resize, lambda: self.by_viewer
        )
        self.desktop_size.agree(encodings)

    async def resize(self, size: Size) -> None:
        await self.may_go_on.wait()
        if self.refuses:
            raise DisplayUnavailable("no")
        self.size = size

    def heard(self) -> list[bytes]:
        heard = self.said.copy()
        self.said.clear()
        return heard


def test_who_understands_it_is_told_the_size_at_once_and_once() -> None:
    desk = Desk()
    assert desk.heard() == [told(SMALL)]
    desk.desktop_size.agree(EXTENDED)
    desk.desktop_size.tell(SMALL)
    assert desk.heard() == []


def test_a_change_by_the_server_and_by_another_viewer() -> None:
    desk = Desk()
    desk.heard()
    desk.size = LARGE
    desk.desktop_size.tell(LARGE)
    desk.by_viewer = True
    desk.desktop_size.tell(SMALL)
    assert desk.heard() == [told(LARGE, SERVER), told(SMALL, OTHER)]


async def test_a_change_that_the_viewer_asked_for_comes_with_its_first_picture() -> None:
    desk = Desk()
    desk.heard()
    await desk.desktop_size.ask(LARGE)
    assert desk.heard() == []
    desk.desktop_size.tell(LARGE)
    desk.desktop_size.tell(LARGE)
    assert desk.heard() == [told(LARGE, THIS)]
    desk.desktop_size.tell(SMALL)
    assert desk.heard() == [told(SMALL, SERVER)]


async def test_a_picture_of_the_new_size_may_come_before_the_answer_of_x() -> None:
    desk = Desk()
    desk.heard()
    desk.may_go_on.clear()
    asking = asyncio.create_task(desk.desktop_size.ask(LARGE))
    await asyncio.sleep(0)
    desk.desktop_size.tell(SMALL)
    assert desk.heard() == []
    desk.size = LARGE
    desk.desktop_size.tell(LARGE)
    assert desk.heard() == [told(LARGE, THIS)]
    desk.may_go_on.set()
    await asking
    assert desk.heard() == []


async def test_the_size_that_it_has_is_answered_too() -> None:
    desk = Desk()
    desk.heard()
    await desk.desktop_size.ask(SMALL)
    assert desk.heard() == [told(SMALL, THIS)]


async def test_a_size_that_came_and_went_between_two_pictures_is_answered() -> None:
    desk = Desk()
    desk.heard()
    await desk.desktop_size.ask(LARGE)
    desk.size = SMALL
    desk.desktop_size.tell(SMALL)
    assert desk.heard() == [told(SMALL, THIS)]
    desk.desktop_size.tell(SMALL)
    assert desk.heard() == []


async def test_what_fails_and_what_is_not_allowed_is_said() -> None:
    desk = Desk()
    desk.heard()
    desk.refuses = True
    await desk.desktop_size.ask(LARGE)
    desk.desktop_size.refuse()
    assert desk.heard() == [
        told(SMALL, THIS, ResizeStatus.OUT_OF_RESOURCES),
        told(SMALL, THIS, PROHIBITED),
    ]
    desk.size = LARGE
    desk.desktop_size.tell(LARGE)
    assert desk.heard() == [told(LARGE, SERVER)]


async def test_a_viewer_of_rfc_6143_is_told_by_desktop_size() -> None:
    desk = Desk(frozenset({Encoding.DESKTOP_SIZE}))
    assert desk.heard() == []
    desk.desktop_size.tell(SMALL)
    desk.desktop_size.tell(LARGE)
    desk.desktop_size.refuse()
    assert desk.heard() == [joined([desktop_size(801, 601)])]


def test_a_viewer_that_understands_neither_cannot_go_on() -> None:
    desk = Desk(frozenset())
    desk.desktop_size.tell(SMALL)
    with pytest.raises(ProtocolError, match="801x601"):
        desk.desktop_size.tell(LARGE)
    assert desk.heard() == []
