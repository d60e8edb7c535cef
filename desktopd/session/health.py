"""Whether a process does what its service is for: whether it becomes ready, and answers then.

Tested by tests/unit/session/test_runner.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine
from typing import Any

from desktopd.session.process import Process, is_stopped
from desktopd.session.service import Probe, Service
from desktopd.tasks import NamedTasks

FROZEN = 0.5
"""Seconds by which a deadline is late when this process has not been let run: docker pause, say."""

log = logging.getLogger(__name__)


async def until_ready(
    service: Service, process: Process, meanwhile: Coroutine[Any, Any, None]
) -> str | None:
    """None once ready or ended; otherwise what is wrong with it. `meanwhile` runs as long."""

    async def probe() -> None:
        while not await service.ready():
            await asyncio.sleep(service.poll)

    async with NamedTasks({"ready": probe(), "ended": process.wait(), "log": meanwhile}) as tasks:
        done = await tasks.first(within=service.ready_within)
    return None if done else f"was not ready after {service.ready_within:.0f} s"


async def until_end(service: Service, process: Process) -> str | None:
    """None once the process has ended; otherwise what is wrong with it."""
    probe, every = service.alive, service.alive_every
    silent_since: float | None = None
    while process.running:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(every):
                await process.wait()
        if probe is None or not process.running:
            continue
        asked = time.monotonic()
        try:
            if not await _answers(probe, every) and process.running:
                return "did not answer"
            silent_since = None
        except TimeoutError:
            silent_since = silent_since or asked
            silent = time.monotonic() - silent_since
            if _is_given_up(service, process, silent):
                return f"did not answer within {silent:.0f} s"
    return None


async def _answers(probe: Probe, within: float) -> bool:
    """What a probe says; also true where this process was frozen meanwhile.

    What was frozen with it may have had no time to answer: it is asked again. Raises TimeoutError
    where it says nothing in time.
    """
    loop, late = asyncio.get_running_loop(), 0.0

    def over(due: float) -> None:
        nonlocal late
        late = loop.time() - due

    timer = loop.call_later(within, over, loop.time() + within)
    try:
        async with asyncio.timeout(within):
            return await probe()
    except TimeoutError:
        if late > FROZEN:
            return True
        raise
    finally:
        timer.cancel()


def _is_given_up(service: Service, process: Process, silent: float) -> bool:
    """Whether one that has not answered for so many seconds is taken for one that hangs."""
    if not process.running:
        return False
    if silent >= service.silent_for or is_stopped(process.pid):
        return True
    log.warning("%s has not answered for %.0f s", service.name, silent)
    return False
