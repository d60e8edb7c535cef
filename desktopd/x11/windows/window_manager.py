"""The window manager: whether one runs and does its work.

Tested by tests/x11/test_paint.py.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

from Xlib import X, Xatom
from Xlib.protocol import event as core

from desktopd.x11.connection import Connection, Event, x_errors
from desktopd.x11.windows.properties import GONE, XWindow, values
from desktopd.x11.xlib_patches import Display

FRAME_REQUEST = "_NET_REQUEST_FRAME_EXTENTS"
REQUESTS = 10
REQUEST_SECONDS = 0.05


async def window_manager(connection: Connection) -> str | None:
    """The name of the window manager that runs (_NET_SUPPORTING_WM_CHECK) and does its work.

    None when there is none, or it does not handle events for half a second. openbox 3.6 leaves
    what came while it started until something else comes: an application that has opened its
    window in that time waits for a request made here.
    """
    name = await connection.call(window_manager_name)
    can_do = await connection.call(supported)
    if name is None or not can_do:  # it announces itself first, then what it can do
        return None
    request = await connection.call(lambda display: display.get_atom(FRAME_REQUEST))
    if request in can_do and not await _handles_events(connection):
        return None
    return name


async def _handles_events(connection: Connection) -> bool:
    """Ask the window manager how wide the frame of a window of ours would be, until it answers."""
    window = await connection.call(_make_window)

    def is_answer(event: Event) -> bool:
        return isinstance(event, core.PropertyNotify) and bool(event.window.id == window.id)

    try:
        with connection.collect(is_answer) as answers:
            for _ in range(REQUESTS):
                await connection.call(partial(_request_frame_extents, window))
                with suppress(TimeoutError):
                    async with asyncio.timeout(REQUEST_SECONDS):
                        await answers.get()
                    return True
        return False
    finally:
        await connection.call(partial(_destroy, window))


def window_manager_name(display: Display) -> str | None:
    """The name that a window manager which runs has given itself; None without one."""
    root = display.screen().root
    check = values(display, root, "_NET_SUPPORTING_WM_CHECK", Xatom.WINDOW)
    if not check:
        return None
    window = display.create_resource_object("window", check[0])
    try:
        # The property of a dead window manager stays on the root; its window does not.
        if values(display, window, "_NET_SUPPORTING_WM_CHECK", Xatom.WINDOW) != check:
            return None
        name = values(display, window, "_NET_WM_NAME", X.AnyPropertyType)
    except GONE:
        return None
    return bytes(name).decode(errors="replace") or "unnamed"


def supported(display: Display) -> list[int]:
    """The atoms of what the window manager can do."""
    return values(display, display.screen().root, "_NET_SUPPORTED", Xatom.ATOM)


def _make_window(display: Display) -> XWindow:
    root = display.screen().root
    with x_errors(display, "CreateWindow for the window manager"):
        return root.create_window(
            *(-1, -1, 1, 1, 0, X.CopyFromParent), event_mask=X.PropertyChangeMask
        )


def _request_frame_extents(window: XWindow, display: Display) -> None:
    message = core.ClientMessage(
        window=window, client_type=display.get_atom(FRAME_REQUEST), data=(32, [0] * 5)
    )
    mask = X.SubstructureRedirectMask | X.SubstructureNotifyMask
    with x_errors(display, f"SendEvent {FRAME_REQUEST}"):
        display.screen().root.send_event(message, mask)


def _destroy(window: XWindow, display: Display) -> None:
    with x_errors(display, "DestroyWindow"):
        window.destroy()
