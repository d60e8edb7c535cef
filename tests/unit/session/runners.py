"""Runners of real processes, for tests."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

from desktopd.session.marks import MARK, new_mark
from desktopd.session.process import Process, popen
from desktopd.session.runner import Runner
from desktopd.session.service import Restart, Service
from desktopd.session.state import StateFile
from desktopd.session.status import ServiceState

QUICK = Restart(first=0.01, longest=0.02)


async def at_once() -> bool:
    return True


async def never() -> bool:
    return False


def make(folder: Path, service: Service, changed: Callable[[], None] = lambda: None) -> Runner:
    log = folder / f"{service.name}.log"

    async def launch(mark: str) -> Process:
        child = popen(service.argv, {**os.environ, MARK: mark}, log)
        return Process(child.pid, child, keep_children=service.keep_children or service.forks)

    state = StateFile(folder / "state.json")
    return Runner(service, launch, state, log, changed, partial(new_mark, folder))


@contextlib.asynccontextmanager
async def running(runner: Runner) -> AsyncIterator[Runner]:
    task = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await runner.stop()


async def reach(runner: Runner, state: ServiceState, restarts: int = 0) -> None:
    while runner.status.state is not state or runner.status.restarts < restarts:
        await asyncio.sleep(0.005)


def sleeper(**options: object) -> Service:
    given = {"argv": ("sleep", "60"), "ready": at_once, "restart": QUICK, **options}
    return Service("s", **given)  # type: ignore[arg-type]
