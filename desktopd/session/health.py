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

from desktopd.lacks import AGAIN, is_lack, tell
from desktopd.session.process import Process
from desktopd.session.procfs import is_stopped
from desktopd.session.service import Probe, Service
from desktopd.tasks import NamedTasks

FROZEN = 0.5
"""Seconds by which a deadline is late when this process has not been let run: docker pause, say."""

log = logging.getLogger(__name__)


async def until_ready(
    service: Service, process: Process, meanwhile: Coroutine[Any, Any, None], within: float | None
) -> str | None:
    """None once ready or ended; otherwise what is wrong with it. `meanwhile` runs as long.

    It has `within` seconds, without those in which this process lacked what it takes to ask.
    """
    reason: str | None = None

    async def probe() -> None:
        nonlocal reason
        left, told = within, ""
        while left is None or left > 0:
            asked = time.monotonic()
            try:
                async with asyncio.timeout(left):
                    if await service.ready():
                        return
                    await asyncio.sleep(service.poll)
            except TimeoutError:
                pass
            except Exception as failure:
                if not is_lack(failure):
                    raise
                told = tell(failure, told)
                await asyncio.sleep(AGAIN)
                continue
            if left is not None:
                left -= time.monotonic() - asked
        reason = f"was not ready after {within:.0f} s"

    async with NamedTasks({"ready": probe(), "ended": process.wait(), "log": meanwhile}) as tasks:
        await tasks.first()
    return reason


async def until_end(service: Service, process: Process) -> str | None:
    """None once the process has ended; otherwise what is wrong with it.

    One that says that it is not alive is taken for silent: it may be so as long, and be asked anew.
    """
    probe, every = service.alive, service.alive_every
    silent_since: float | None = None
    told = ""
    while process.running:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(every):
                await process.wait()
        if probe is None or not process.running:
            continue
        asked = time.monotonic()
        try:
            is_alive = await _answers(probe, every)
        except TimeoutError:
            is_alive = False
        except Exception as failure:
            # Of whom we could not ask nothing is known.
            if not is_lack(failure):
                raise
            told, is_alive = tell(failure, told), True
        if is_alive:
            silent_since = None
            continue
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
