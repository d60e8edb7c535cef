"""Processes of a daemon that died, which nobody wants any more. Those wanted are `runner`'s."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

from desktopd.session.backends.display_numbers import remove_dead_locks
from desktopd.session.family import end_family, family, mark_of
from desktopd.session.marks import marks_of
from desktopd.session.process import Process
from desktopd.session.procfs import session_of, start_time
from desktopd.session.service import Service
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


async def end_unnoted(folder: Path, service: Service) -> None:
    """End what a daemon has started as `service`, and did not live to note."""
    marks = marks_of(folder, service=service.name)
    if not service.keep_children:
        await asyncio.to_thread(end_family, marks)
        return
    known = set[str | None]()
    for pid in await asyncio.to_thread(family, marks):
        mark, started = mark_of(pid), start_time(pid)
        if mark not in known and session_of(pid) == pid and started is not None:
            process = Process.adopt(pid, started)
            if process is not None:
                await process.end(service.stop_within)
        known.add(mark)


async def end_unwanted(state: StateFile, wanted: Collection[str]) -> None:
    """End the processes of other services than those, the one that was started last first."""
    for name, left in reversed(state.processes.items()):
        if name in wanted:
            continue
        process = Process.adopt(left.pid, left.start_time)
        if process is not None:
            await process.end(_STOP_WITHIN)
            remove_segments_of(left.pid)
        state.ended(name)
