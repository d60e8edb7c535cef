"""Tells a supervisor that the event loop turns (sd_notify(3)), be it supervisord or systemd.

Tested by tests/x11/test_supervisord.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket

from desktopd import config

PARTS = 4
"""Signs in the time that is allowed: one may be late, and another lost."""


async def keep_beating() -> None:
    """Give signs of life until cancelled, where somebody waits for them."""
    watched = config.watchdog()
    if watched is None:
        await asyncio.Event().wait()
        return
    place, allowed = watched
    # An address with @ in front is abstract (unix(7)).
    address = f"\0{place[1:]}" if place.startswith("@") else place
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sender:
        while True:
            # A supervisor that has ended, or is busy, is none of the desktop's troubles.
            with contextlib.suppress(OSError):
                sender.sendto(b"WATCHDOG=1", address)
            await asyncio.sleep(allowed / PARTS)
