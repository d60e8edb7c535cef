"""The client of a companion in a process of its own, for as long as a test wants it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from desktopd.applications.companion import CompanionClient
from tests.unit.applications import companion_process


@asynccontextmanager
async def companion_in(folder: Path) -> AsyncIterator[CompanionClient]:
    """A companion at `folder`/app.sock that has answered once."""
    command = [sys.executable, companion_process.__file__, str(folder / "app.sock")]
    with subprocess.Popen(command) as process:
        companion = CompanionClient(folder / "app.sock")
        running = asyncio.create_task(companion.run())
        await companion.ask("echo", {}, 20)
        yield companion
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        process.kill()
