"""Whether a host has begun with what it was told: the profile of its user is run before that.

Tested by tests/deploy/test_ssh_profiles.py.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from desktopd.ssh.host_scripts import NOT_BEGUN

SLOW_AFTER = 20.0
"""Seconds of silence after which the user is told what may be the matter."""
SSH_FAILED = 255


def slow(host: str) -> str:
    """What is said of a host that takes its time."""
    return (
        f"{host} has not begun yet. If its login is not just slow, your profile there waits for "
        f"input or starts another shell: `ssh {host} true` has to end by itself."
    )


@contextmanager
def told_when_slow(host: str) -> Iterator[None]:
    """Tell the user when the block lasts."""
    timer = threading.Timer(SLOW_AFTER, print, [slow(host)], {"file": sys.stderr, "flush": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def status(returned: int, *, begun: bool) -> int:
    """The exit status of a script, or of what has kept it from beginning."""
    return returned if begun or returned == SSH_FAILED else NOT_BEGUN
