"""Processes of a daemon that died, which nobody wants any more. Those wanted are `runner`'s."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

from desktopd.session.backends.display_numbers import remove_dead_locks
from desktopd.session.family import end_family, family
from desktopd.session.marks import marks_of, only
from desktopd.session.process import Process
from desktopd.session.procfs import start_time
from desktopd.session.shm import remove_segments_of
from desktopd.session.state import Running, StateFile

_STOP_WITHIN = 2.0


def leftovers(folder: Path) -> list[Running]:
    """The processes that the state of a runtime folder names and that still run."""
    processes = StateFile(folder / "state.json").processes.values()
    return [left for left in processes if start_time(left.pid) == left.start_time]


def is_left(folder: Path) -> bool:
    """Whether anything of a session lives, also what its state does not name."""
    return bool(leftovers(folder) or family(marks_of(folder)))


async def end_leftovers(folder: Path) -> None:
    """End them, and forget them. The folder has to be claimed."""
    state = StateFile(folder / "state.json")
    await end_unwanted(state, wanted=())
    await asyncio.to_thread(end_family, marks_of(folder))
    remove_dead_locks()
    (folder / "rfb.sock").unlink(missing_ok=True)
    state.remove()


async def end_unwanted(state: StateFile, wanted: Collection[str]) -> None:
    """End the processes of other services than those, the one that was started last first.

    And of any service what a daemon has started and did not live to note: that start alone, as what
    has outlived others is somebody's work.
    """
    for name, mark in state.starts.items():
        await asyncio.to_thread(end_family, only(mark))
        state.ended(name)
    for name, left in reversed(state.processes.items()):
        if name in wanted:
            continue
        process = Process.adopt(left.pid, left.start_time)
        if process is not None:
            await process.end(_STOP_WITHIN)
            remove_segments_of(left.pid)
        state.ended(name)
