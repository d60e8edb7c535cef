"""What a program that has ended may have left in the X server: its windows, and a door for others.

A connection can be left with all that it made (SetCloseDownMode): a window of it covers the desktop
for whoever comes then. And whoever has the cookie can let in all who have none (SetAccessControl).

Tested by tests/x11/test_left_behind.py.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from Xlib import X
from Xlib.error import XError as ProtocolError
from Xlib.ext import res

from desktopd.x11.connection import Display, x_errors


def end_what_is_left(display: Display) -> None:
    """End the clients whose process is no more, and let in who has the cookie alone.

    Programs in another namespace of processes count as ended. Raises XError.
    """
    with x_errors(display, "SetAccessControl"):
        display.set_access_control(X.EnableAccess)
        for host in display.list_hosts().hosts:
            display.change_hosts(X.HostDelete, host.family, host.name)
    if display.has_extension(res.extname):
        _end_dead(display)


def _end_dead(display: Display) -> None:
    clients = display.res_query_clients().clients
    dead = _dead(display)
    masks = {one.resource_base: one.resource_mask for one in clients if one.resource_base in dead}
    living = [display.screen().root.id]
    while living and masks:
        for window in _children(display, living.pop()):
            owner = next((base for base, mask in masks.items() if window & ~mask == base), None)
            if owner is None:
                living.append(window)
                continue
            del masks[owner]
            # All of its windows go with it.
            with contextlib.suppress(ProtocolError):
                display.create_resource_object("resource", window).kill_client()


def _dead(display: Display) -> set[int]:
    """The clients, by the base of their resources, whose process has ended."""
    wanted = [{"client": X.NONE, "mask": res.LocalClientPIDMask}]
    told = display.res_query_client_ids(wanted).ids
    return {
        one.spec.client
        for one in told
        if one.spec.mask & res.LocalClientPIDMask
        if one.value and not Path(f"/proc/{one.value[0]}").exists()
    }


def _children(display: Display, window: int) -> Iterator[int]:
    with contextlib.suppress(ProtocolError):
        asked = display.create_resource_object("window", window)
        yield from (child.id for child in asked.query_tree().children)
