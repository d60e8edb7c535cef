"""A key that a viewer holds is one key, which X repeats as long as it is held.

A release and a press of one moment are a repeat: what toolkits make of them is their affair.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from Xlib import XK

from desktopd.x11.input import auto_repeat
from desktopd.x11.input.keyboard import Keyboard, ViewerKeys
from desktopd.x11.input.keysyms import keysym_of
from tests.x11.recorder import Recorder, focus, recording

if TYPE_CHECKING:
    from conftest import Server

SPACE, AT, SMALL_A, LARGE_A = map(keysym_of, " @aA")


@dataclass(frozen=True)
class Desk:
    """A client that records, and a viewer at the keyboard."""

    server: Server
    keyboard: Keyboard
    viewer: ViewerKeys
    recorder: Recorder

    def repeats(self) -> int:
        """How often X has repeated a key."""
        keys = pairwise(self.recorder.key_events())
        return sum(b.press and not a.press and a.time == b.time for a, b in keys)

    def changes(self) -> int:
        """How often a key went down or up that is no repeat of X's."""
        return len(self.recorder.key_events()) - 2 * self.repeats()


@pytest.fixture(params=["xdummy", "xvnc"])
async def desk(request, start, connect, folder: Path) -> AsyncIterator[Desk]:
    server = start(request.param)
    connection = await connect(server)
    keyboard = await Keyboard.open(connection)
    with recording(server, folder) as recorder:
        await focus(connection)
        yield Desk(server, keyboard, keyboard.viewer(), recorder)


async def holding(viewer: ViewerKeys, keysym: int) -> None:
    """Hold a key as a browser does that repeats it, until this is cancelled."""
    while True:
        viewer.key(keysym, True)
        await asyncio.sleep(0.05)


async def test_a_held_key_goes_down_once_and_up_once(desk, eventually, monkeypatch):
    monkeypatch.setattr(auto_repeat, "NEXT", 5)
    hold = asyncio.create_task(holding(desk.viewer, SPACE))
    await eventually(lambda: desk.repeats() > 10)
    hold.cancel()
    desk.viewer.key(SPACE, False)
    await eventually(desk.changes, 2)
    assert not desk.recorder.key_events()[-1].press


async def test_a_link_that_stalls_stops_the_repeats_and_holds_the_key(desk, eventually):
    hold = asyncio.create_task(holding(desk.viewer, SPACE))
    await eventually(lambda: desk.repeats() > 3)
    hold.cancel()
    count = -1
    while count != desk.repeats():
        count = desk.repeats()
        # Longer than the lease, and than the time to a repeat.
        await asyncio.sleep(1)
    desk.viewer.key(SPACE, True)
    desk.viewer.key(SPACE, False)
    await eventually(desk.changes, 2)


async def test_who_never_repeats_gets_no_repeats(desk, eventually, monkeypatch):
    monkeypatch.setattr(auto_repeat, "FIRST", 0)
    desk.viewer.key(XK.XK_Left, True)
    await eventually(desk.changes, 1)
    # X has been told to stop, as soon as it could be.
    await desk.keyboard._connection.ping()
    before = desk.repeats()
    await asyncio.sleep(1)
    assert desk.repeats() <= before + 1


async def test_who_repeats_late_holds_one_key(desk, eventually, monkeypatch):
    monkeypatch.setattr(auto_repeat, "FIRST", 0)
    desk.viewer.key(SPACE, True)
    await eventually(desk.changes, 1)
    await asyncio.sleep(0.1)
    for _ in range(20):
        desk.viewer.key(SPACE, True)
        await asyncio.sleep(0.02)
    desk.viewer.key(SPACE, False)
    await eventually(desk.changes, 2)


async def test_what_needs_other_modifiers_is_typed_by_each_repeat(desk, eventually):
    for _ in range(3):
        desk.viewer.key(AT, True)
    await eventually(desk.recorder.typed, "@@@")
    # Time for X to repeat a 2, which it must not.
    await asyncio.sleep(0.7)
    desk.viewer.key(AT, False)
    await eventually(lambda: len(desk.recorder.key_events()), 6)
    assert desk.recorder.typed() == "@@@"


async def test_a_modifier_that_is_held_meanwhile_counts(desk, eventually, monkeypatch):
    monkeypatch.setattr(auto_repeat, "NEXT", 5)
    hold = asyncio.create_task(holding(desk.viewer, SMALL_A))
    await eventually(lambda: desk.repeats() > 3)
    desk.viewer.key(XK.XK_Shift_L, True)
    await eventually(lambda: desk.recorder.typed().endswith("AAA"))
    hold.cancel()
    desk.viewer.key(LARGE_A, False)
    desk.viewer.key(XK.XK_Shift_L, False)
    await eventually(desk.changes, 4)


async def test_afterwards_x_repeats_what_others_press(desk):
    await desk.keyboard.close()
    told = desk.server.run("xset", "q")
    assert "auto repeat:  on" in told
    assert f"auto repeat delay:  {auto_repeat.RHYTHM.delay} " in told
