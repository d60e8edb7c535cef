"""What several people do at one desktop, as an X client sees it: only who has control is felt."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from desktopd.budgets import Budget, Share
from desktopd.rfb.listeners.authentication import VncAuthenticator
from desktopd.rfb.listeners.unix_socket import UnixSocketListener
from desktopd.rfb.listeners.vnc_port import VncPort
from desktopd.rfb.viewers.control import ControlMode
from desktopd.rfb.viewers.people import Person, Visitor
from desktopd.rfb.viewers.viewer import Role
from tests.rfb_viewer import LOSSLESS, RfbViewer
from tests.x11.native import Seen, Shown, showing
from tests.x11.recorder import Recorder, focus, recording

if TYPE_CHECKING:
    from conftest import Server

Eventually = Callable[..., Awaitable[None]]
A, B, SHIFT = ord("a"), ord("b"), 0xFFE1
ZOE, BEN = Visitor("zoe", Role.CONTROL, owner=True), Visitor("ben", Role.CONTROL)
EVE = Visitor("eve", Role.VIEW)


class Desk:
    """A display with xev on it, whose people have control one at a time."""

    def __init__(self, shown: Shown, recorder: Recorder, eventually: Eventually) -> None:
        self.shown, self.recorder, self.eventually = shown, recorder, eventually
        self.people = shown.viewers.people
        self.people.control.mode = ControlMode.ONE

    async def view(self, visitor: Visitor) -> Seen:
        seen = await self.shown.view(LOSSLESS, role=visitor.role, visitor=visitor)
        await self.eventually(lambda: seen.client.updates > 0)
        return seen

    def person(self, visitor: Visitor) -> Person:
        person = self.people.find(visitor.key)
        assert person is not None
        return person

    async def types(self, seen: Seen, keysym: int, text: str) -> None:
        """Type a key, and wait until the program has all that was typed before, and no more."""
        for down in (True, False):
            seen.client.key(keysym, down)
        await self.eventually(self.recorder.typed, text)


@pytest.fixture
async def desk(server: Server, folder: Path, eventually: Eventually) -> AsyncIterator[Desk]:
    async with showing(server) as shown:
        with recording(server, folder) as recorder:
            await focus(shown.eyes)
            yield Desk(shown, recorder, eventually)


async def test_control_goes_from_hand_to_hand(desk: Desk) -> None:
    zoe, ben, eve = [await desk.view(visitor) for visitor in (ZOE, BEN, EVE)]
    await desk.types(zoe, A, "a")
    for other in (ben, eve):
        other.client.key(B, True)
        other.client.key(B, False)
        other.client.pointer(100, 100, 1)
        other.client.pointer(100, 100, 0)
        other.client.resize(800, 600)
        await desk.eventually(lambda other=other: other.client.resizes[-1][1:2], (1,))
    await desk.types(zoe, A, "aa")
    with desk.people.deciding() as control:
        control.give(desk.person(ZOE).id, desk.person(BEN).id)
    zoe.client.key(A, True)
    zoe.client.key(A, False)
    await asyncio.wait_for(answered(zoe.client), 20)
    await desk.types(ben, B, "aab")
    with desk.people.deciding() as control:
        control.take(desk.person(ZOE).id)
    await desk.types(zoe, A, "aaba")
    assert desk.recorder.buttons() == []
    assert desk.person(EVE).pointer == (100, 100)


async def answered(client: RfbViewer) -> None:
    """Wait until the server has heard all that this viewer has said."""
    before = len(client.resizes)
    client.resize(64, 64)
    while len(client.resizes) == before:
        await asyncio.sleep(0.01)


async def test_what_is_held_is_released_when_control_goes(desk: Desk) -> None:
    zoe, ben = [await desk.view(visitor) for visitor in (ZOE, BEN)]
    zoe.client.key(SHIFT, True)
    zoe.client.pointer(50, 60, 1)
    await desk.eventually(lambda: len(desk.recorder.kinds()), 2)
    with desk.people.deciding() as control:
        control.give(desk.person(ZOE).id, desk.person(BEN).id)
    released = ["KeyPress", "ButtonPress", "KeyRelease", "ButtonRelease"]
    await desk.eventually(desk.recorder.kinds, released)
    await desk.types(ben, B, "b")
    # What was pressed before is let go of only now: it is nobody's any more.
    zoe.client.key(SHIFT, False)
    zoe.client.pointer(50, 60, 0)
    await desk.types(ben, B, "bb")
    await desk.eventually(lambda: len(desk.recorder.kinds()), len(released) + 4)


async def test_who_leaves_leaves_control_to_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.rfb.viewers.people.GRACE_SECONDS", 0.0)
    zoe, ben = [await desk.view(visitor) for visitor in (ZOE, BEN)]
    zoe.client.key(SHIFT, True)
    await desk.eventually(desk.recorder.kinds, ["KeyPress"])
    await zoe.leave()
    await desk.eventually(lambda: desk.people.control.holder, None)
    await desk.types(ben, B, "b")
    assert desk.people.control.holder == desk.person(BEN).id


async def test_viewers_of_other_programs_are_people_too(desk: Desk, folder: Path) -> None:
    shown = desk.shown
    sock = socket.create_server(("127.0.0.1", 0))
    sock.setblocking(False)
    place = folder / "vnc.sock"
    places = Share(Budget.STRANGERS, 32), Share(Budget.WATCHERS, 100)
    port = VncPort(sock, VncAuthenticator(None), shown.rfb, shown.viewers, *places)
    serving = [
        asyncio.create_task(listener.serve())
        for listener in (port, UnixSocketListener(place, shown.rfb, shown.viewers))
    ]
    try:
        async with AsyncExitStack() as stack:
            by_port = await stack.enter_async_context(
                viewing(desk, await asyncio.open_connection(*sock.getsockname()))
            )
            by_socket = await stack.enter_async_context(
                viewing(desk, await asyncio.open_unix_connection(place))
            )
            assert [person.visitor.via for person in desk.people] == ["vnc", "vnc"]
            await types(desk, by_port, A, "a")
            by_socket.key(B, True)
            by_socket.key(B, False)
            await asyncio.wait_for(answered(by_socket), 20)
            await types(desk, by_port, A, "aa")
            await by_port.close()
            await desk.eventually(lambda: desk.people.control.holder, None)
            await types(desk, by_socket, B, "aab")
    finally:
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def types(desk: Desk, client: RfbViewer, keysym: int, text: str) -> None:
    for down in (True, False):
        client.key(keysym, down)
    await desk.eventually(desk.recorder.typed, text)


@asynccontextmanager
async def viewing(
    desk: Desk, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter]
) -> AsyncIterator[RfbViewer]:
    """A viewer of another program, as soon as it has a picture."""
    client = RfbViewer(*streams, LOSSLESS)
    running = asyncio.create_task(client.run())
    try:
        await desk.eventually(lambda: client.updates > 0)
        yield client
    finally:
        await client.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
