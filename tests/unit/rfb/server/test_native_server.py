"""The native server without a display; with one: tests/x11/test_native_server.py."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from desktopd.errors import DisplayUnavailable
from desktopd.rfb.server import native_server
from desktopd.rfb.server.native_server import LIMITS, NativeConnection, NativeServer
from desktopd.rfb.viewers.connection import Cause
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.x11.errors import XError


class Transport:
    """A viewer that must not be spoken to."""

    unacknowledged = 0

    async def receive(self) -> bytes | None:
        pytest.fail("the viewer was asked")

    async def send(self, data: bytes) -> None:
        pytest.fail("the viewer was told something")


async def test_before_a_display_is_shown_no_viewer_is_let_in() -> None:
    session = SimpleNamespace(
        status=SimpleNamespace(display=None), on_change=lambda handler: lambda: None
    )
    server = NativeServer(session, "a desktop")
    running = asyncio.create_task(server.run())
    with pytest.raises(DisplayUnavailable, match="the display is not running"):
        await server.connect()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_display_that_ends_meanwhile_is_the_end_of_the_viewer() -> None:
    connection = NativeConnection(lambda: None, LIMITS)
    viewer = Viewer(role=Role.VIEW, address="::1", path=PixelPath.NATIVE)
    ending = await connection.serve(Transport(), viewer)
    assert (ending.cause, ending.detail) == (Cause.SERVER_LEFT, "the display is not running")


async def test_a_reason_to_show_nothing_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[str] = []

    async def refuse(name: str, *_: object, **__: object) -> None:
        tries.append(name)
        raise XError("no memory" if len(tries) < 4 else "no display")

    display = SimpleNamespace(name=":7", authority="/dev/null")
    session = SimpleNamespace(
        status=SimpleNamespace(display=display), on_change=lambda handler: lambda: None
    )
    monkeypatch.setattr(native_server.Connection, "open", refuse)
    monkeypatch.setattr(native_server, "_AGAIN", 0.001)
    server = NativeServer(session, "a desktop")
    running = asyncio.create_task(server.run())
    while len(tries) < 8:
        await asyncio.sleep(0.001)
    assert not server.shows
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    told = [record.getMessage() for record in caplog.records]
    assert [text.partition(": ")[2].partition(";")[0] for text in told] == [
        "no memory",
        "no display",
    ]
