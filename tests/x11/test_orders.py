"""Keys that X obeys itself: by none of them does one viewer take the desktop from all others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.daemon import Daemon, until
from tests.x11.test_data_policy import CLASSIC, looking

TERMINATE_SERVER, SLOW_KEYS_ENABLE, RETURN = 0xFED5, 0xFE73, 0xFF0D


@pytest.mark.parametrize("display", ["xvfb", "xvnc"])
async def test_no_key_ends_the_x_server_or_deafens_it(
    daemon: Callable[..., Daemon], folder: Path, display: str
) -> None:
    said = folder / "said"
    command = f"xterm -e sh -c 'read line; echo $line >{said}; exec sleep 1000'"
    desktop = await asyncio.to_thread(daemon, display=display, app=command)
    await asyncio.to_thread(desktop.ready)
    server = desktop.pid("display")
    async with looking(desktop, CLASSIC) as viewer:
        for keysym in (SLOW_KEYS_ENABLE, TERMINATE_SERVER, *map(ord, "hello"), RETURN):
            viewer.key(keysym, True)
            viewer.key(keysym, False)
        await asyncio.to_thread(until, said.exists, 30, "a line")
    assert said.read_text() == "hello\n"
    assert desktop.pid("display") == server
