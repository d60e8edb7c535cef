"""Waits until programs have seen what has happened (EWMH, _NET_WM_PING).

Tested by tests/x11/test_scale.py.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from Xlib import X, Xatom
from Xlib.protocol import event as core

from desktopd.x11.connection import Connection, Display, Event
from desktopd.x11.windows.properties import GONE, atom_names, values

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
            event: Event = await answers.get()
            data = event.data[1]
            if data[0] == ping:
                left.discard(data[2])
    return asked


def _ask(display: Display) -> tuple[set[int], int]:
    """In the X thread: the windows that were asked, and the atom of the question."""
    root, ping = display.screen().root, display.get_atom("_NET_WM_PING")
    protocols = display.get_atom("WM_PROTOCOLS")
    # EWMH has answers sent to who selects SubstructureNotify; Qt sends them for StructureNotify.
    root.change_attributes(event_mask=X.SubstructureNotifyMask | X.StructureNotifyMask)
    asked = set()
    for number in values(display, root, "_NET_CLIENT_LIST", Xatom.WINDOW):
        window = display.create_resource_object("window", number)
        with suppress(*GONE):
            if "_NET_WM_PING" in atom_names(display, window, "WM_PROTOCOLS"):
                data = (32, [ping, X.CurrentTime, number, 0, 0])
                message = core.ClientMessage(window=window, client_type=protocols, data=data)
                window.send_event(message)
                asked.add(number)
    display.flush()
    return asked, ping
