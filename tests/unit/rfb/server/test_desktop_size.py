from __future__ import annotations

import asyncio

import pytest

from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.rectangles import (
    ResizeReason,
    ResizeStatus,
    Screen,
    desktop_size,
    extended_desktop_size,
    framebuffer_update,
)
from desktopd.rfb.server.desktop_size import DesktopSize
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from tests.unit.turns import until

SMALL, LARGE = Size(640, 480), Size(801, 601)
EXTENDED = frozenset({Encoding.EXTENDED_DESKTOP_SIZE})
SERVER, THIS, OTHER = ResizeReason
VIEWER = Viewer(role=Role.CONTROL, address="test", path=PixelPath.NATIVE)
DONE, PROHIBITED = ResizeStatus.DONE, ResizeStatus.PROHIBITED


def told(
    size: Size,
    reason: ResizeReason = SERVER,
    status: ResizeStatus = ResizeStatus.DONE,
    percent: int = 0,
) -> bytes:
    screen = Screen(0, 0, 0, size.width, size.height, percent)
    return framebuffer_update(
        [extended_desktop_size(size.width, size.height, [screen], reason, status)]
    )


class Conversation:
    """A screen, and a viewer of it."""

    def __init__(self, encodings: frozenset[int] = EXTENDED) -> None:
        self.size = SMALL
        self.scale: float | None = None
        self.by_viewer = False
        self.said: list[bytes] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.refuses = self.resizing = False
        self.desktop_size = DesktopSize(self.said.append, self, VIEWER)
        self.desktop_size.agree(encodings)

    def is_sized_by_viewer(self) -> bool:
        return self.by_viewer

    async def resize(self, viewer: Viewer, size: Size, scale: float | None) -> None:
        self.resizing = True
        await self.may_go_on.wait()
        if self.refuses:
            raise DisplayUnavailable("no")
        self.size = size
        self.scale = scale or self.scale

    def heard(self) -> list[bytes]:
        heard = self.said.copy()
        self.said.clear()
        return heard


def test_who_understands_it_is_told_the_size_at_once_and_once() -> None:
    talk = Conversation()
    assert talk.heard() == [told(SMALL)]
    talk.desktop_size.agree(EXTENDED)
    talk.desktop_size.tell(SMALL)
    assert talk.heard() == []


def test_a_change_by_the_server_and_by_another_viewer() -> None:
    talk = Conversation()
    talk.heard()
    talk.size = LARGE
    talk.desktop_size.tell(LARGE)
    talk.by_viewer = True
    talk.desktop_size.tell(SMALL)
    assert talk.heard() == [told(LARGE, SERVER), told(SMALL, OTHER)]


async def test_a_change_that_the_viewer_asked_for_comes_with_its_first_picture() -> None:
    talk = Conversation()
    talk.heard()
    await talk.desktop_size.ask(LARGE, None)
    assert talk.heard() == []
    talk.desktop_size.tell(LARGE)
    talk.desktop_size.tell(LARGE)
    assert talk.heard() == [told(LARGE, THIS)]
    talk.desktop_size.tell(SMALL)
    assert talk.heard() == [told(SMALL, SERVER)]


async def test_a_picture_of_the_new_size_may_come_before_the_answer_of_x() -> None:
    talk = Conversation()
    talk.heard()
    talk.may_go_on.clear()
    asking = asyncio.create_task(talk.desktop_size.ask(LARGE, None))
    await until(lambda: talk.resizing)
    talk.desktop_size.tell(SMALL)
    assert talk.heard() == []
    talk.size = LARGE
    talk.desktop_size.tell(LARGE)
    assert talk.heard() == [told(LARGE, THIS)]
    talk.may_go_on.set()
    await asking
    assert talk.heard() == []


async def test_the_size_that_it_has_is_answered_too() -> None:
    talk = Conversation()
    talk.heard()
    await talk.desktop_size.ask(SMALL, None)
    assert talk.heard() == [told(SMALL, THIS)]


async def test_a_size_that_came_and_went_between_two_pictures_is_answered() -> None:
    talk = Conversation()
    talk.heard()
    await talk.desktop_size.ask(LARGE, None)
    talk.size = SMALL
    talk.desktop_size.tell(SMALL)
    assert talk.heard() == [told(SMALL, THIS)]
    talk.desktop_size.tell(SMALL)
    assert talk.heard() == []


async def test_what_fails_and_what_is_not_allowed_is_said() -> None:
    talk = Conversation()
    talk.heard()
    talk.refuses = True
    await talk.desktop_size.ask(LARGE, None)
    talk.desktop_size.refuse()
    assert talk.heard() == [
        told(SMALL, THIS, ResizeStatus.OUT_OF_RESOURCES),
        told(SMALL, THIS, PROHIBITED),
    ]
    talk.size = LARGE
    talk.desktop_size.tell(LARGE)
    assert talk.heard() == [told(LARGE, SERVER)]


async def test_a_viewer_of_rfc_6143_is_told_by_desktop_size() -> None:
    talk = Conversation(frozenset({Encoding.DESKTOP_SIZE}))
    assert talk.heard() == []
    talk.desktop_size.tell(SMALL)
    talk.desktop_size.tell(LARGE)
    talk.desktop_size.refuse()
    assert talk.heard() == [framebuffer_update([desktop_size(801, 601)])]


def test_a_viewer_that_understands_neither_cannot_go_on() -> None:
    talk = Conversation(frozenset())
    talk.desktop_size.tell(SMALL)
    with pytest.raises(ProtocolError, match="801x601"):
        talk.desktop_size.tell(LARGE)
    assert talk.heard() == []


async def test_the_scale_stands_in_the_flags_and_is_told_when_it_alone_changes() -> None:
    talk = Conversation()
    talk.heard()
    await talk.desktop_size.ask(LARGE, 1.25)
    talk.desktop_size.tell(LARGE)
    assert talk.heard() == [told(LARGE, THIS, percent=125)]
    await talk.desktop_size.ask(LARGE, None)
    assert talk.heard() == [told(LARGE, THIS, percent=125)]
    talk.scale = 2.0
    talk.desktop_size.tell(LARGE)
    talk.desktop_size.tell(LARGE)
    assert talk.heard() == [told(LARGE, SERVER, percent=200)]
