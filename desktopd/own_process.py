"""What the daemon asks of the kernel for its own process: limits, signals, and its standard output.

Tested by tests/x11/test_daemon.py and tests/x11/test_supervisord.py.
"""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, NoReturn

from desktopd.arenas import use_one_arena

DESCRIPTORS = 65536
LEAVE_WITHIN = 1.0
"""Seconds that tasks have to end in when the work is done."""
SWITCH = 0.001
"""Seconds until a thread that computes leaves Python to one that waits for it. A key and its
picture change threads several times, and wait for up to so long each time."""

log = logging.getLogger(__name__)


def set_limits() -> None:
    """Set how memory and Python's lock are shared, what the process may take, and hears of."""
    use_one_arena()
    sys.setswitchinterval(SWITCH)
    _raise_descriptor_limit()
    # Who ignores it is not told how a child has ended (wait(2)), and neither are its children.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # One of ours would lie where it was started, among the user's files, and has the token.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def run_alone(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` in an event loop of its own, and end the tasks that it leaves.

    Other than `asyncio.run` it waits neither for threads nor for a task that waits for one: a call
    to a disk that is away may never end. Nothing but `leave` is to follow.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(work)
    finally:
        loop.run_until_complete(_end_tasks())


async def _end_tasks() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=LEAVE_WITHIN)


def leave(status: int) -> NoReturn:
    """End the process with that exit status, also while threads of it hang in a call."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def end_signal() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set, also those that were held back until now.

    A terminal that closes sends SIGHUP, which is the same unless it is ignored, as by nohup(1).
    """
    asked, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, asked.set)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM, signal.SIGINT))
    return asked


def tell(text: str) -> None:
    """Print it now or never: where nobody reads that, or a full disk takes nothing, we go on."""
    if sys.stdout is None:
        return
    try:
        os.write(sys.stdout.fileno(), text.encode())
    except OSError as error:
        log.warning("the address cannot be printed: %s", error.strerror)


def _raise_descriptor_limit() -> None:
    """Allow as many connections as the system does: a viewer must not take the daemon's own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, DESCRIPTORS) if hard != resource.RLIM_INFINITY else DESCRIPTORS
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
