"""Asks programs for a sign of life (EWMH, _NET_WM_PING), or waits until they have caught up.

Tested by tests/x11/test_scale.py and tests/x11/test_silence.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from Xlib import X, Xatom
from Xlib.error import CatchError
from Xlib.protocol import event as core

from desktopd.x11.connection import Connection, Display, Event
from desktopd.x11.windows.properties import GONE, atom_names, values

PING = "_NET_WM_PING"
# EWMH has answers sent to who selects SubstructureNotify; Qt sends them for StructureNotify.
ANSWERS = X.SubstructureNotifyMask | X.StructureNotifyMask
PATIENCE = 2.0
"""Seconds that a program has to answer: it may draw for long, or hang."""
_TURNS = 2


async def answered(name: str, authority: Path) -> bool:
    """Return once all programs with windows on the display have taken up earlier events.

    Also after `PATIENCE`, and for those that do not answer pings. False where there are none.
    Raises XError.
    """
    # Of its own, since what is told of the root window is one choice for all of a connection.
    connection = await Connection.open(name, authority)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                # Qt answers while it still reads what came before: it is done by the second time.
                for _ in range(_TURNS):
                    if not await _answered_once(connection):
                        return False
    finally:
        await connection.close()
    return True


async def _answered_once(connection: Connection) -> bool:
    with connection.collect(lambda event: isinstance(event, core.ClientMessage)) as answers:
        left, ping = await connection.call(_ask)
        asked = bool(left)
        while left:
            left.discard(answer_of(await answers.get(), ping))
    return asked


def answer_of(event: Event, ping: int) -> int | None:
    """The window that this event answers for; None where it is about something else.

    `ping` is the atom of that name.
    """
    # An answer is the question once more, sent to the root window.
    if not isinstance(event, core.ClientMessage) or event.data[1][0] != ping:
        return None
    return int(event.data[1][2])


def send_pings(display: Display, windows: Iterable[int]) -> int:
    """In the X thread: ask the programs of these windows, if there still are; the atom of it."""
    ping: int = display.get_atom(PING)
    protocols = display.get_atom("WM_PROTOCOLS")
    for number in windows:
        window = display.create_resource_object("window", number)
        data = (32, [ping, X.CurrentTime, number, 0, 0])
        message = core.ClientMessage(window=window, client_type=protocols, data=data)
        window.send_event(message, onerror=CatchError(*GONE))
    display.flush()
    return ping


def _ask(display: Display) -> tuple[set[int], int]:
    """In the X thread: the windows that were asked, and the atom of the question."""
    root = display.screen().root
    root.change_attributes(event_mask=ANSWERS)
    asked = set()
    for number in values(display, root, "_NET_CLIENT_LIST", Xatom.WINDOW):
        with suppress(*GONE):
            window = display.create_resource_object("window", number)
            if PING in atom_names(display, window, "WM_PROTOCOLS"):
                asked.add(number)
    return asked, send_pings(display, asked)
