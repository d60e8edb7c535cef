"""Coroutines of which the first to end decides, and none of which fails unheard."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")


async def race(*contenders: Coroutine[Any, Any, T]) -> T:
    """Return what the first of them returns, or raise what it raises; the others are cancelled.

    What another one raises meanwhile is logged.
    """
    tasks = [asyncio.create_task(contender) for contender in contenders]
    done: set[asyncio.Task[T]] = set()
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        first = next((task for task in tasks if task in done), None)
        for task in tasks:
            if task is not first and not task.cancelled() and (failure := task.exception()):
                log.error("%s failed: %r", task.get_coro(), failure, exc_info=failure)
    assert first is not None
    return first.result()
