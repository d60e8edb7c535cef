"""What a daemon that died has left running, for somebody who does not want it any more."""

from __future__ import annotations

from pathlib import Path

from desktopd.session.process import Process, start_time
from desktopd.session.shm import remove_segments_of
from desktopd.session.state import Running, StateFile

# The reverse of the order in which they are started.
_SERVICES = ("application", "rfb", "window_manager", "display")
_STOP_WITHIN = 2.0


def leftovers(folder: Path) -> list[Running]:
    """The processes that the state of a runtime folder names and that still run."""
    state = StateFile(folder / "state.json")
    named = (state.running(name) for name in _SERVICES)
    return [left for left in named if left and start_time(left.pid) == left.start_time]


async def end_leftovers(folder: Path) -> None:
    """End them. The folder has to be claimed."""
    for left in leftovers(folder):
        process = Process.adopt(left.pid, left.start_time)
        if process is not None:
            await process.stop(_STOP_WITHIN)
            remove_segments_of(left.pid)
    (folder / "rfb.sock").unlink(missing_ok=True)
    StateFile(folder / "state.json").remove()
