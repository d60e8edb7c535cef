"""Ways to open a file that somebody else may have put in its place; for `open`, too.

A pipe is not waited for, nor a program that keeps others from a file (fcntl(2), F_SETLEASE): 45 s.

test_openers tests it, and test_logs what is kept from others.
"""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from pathlib import Path

LITTLE = 1024 * 1024
"""Bytes that a file of settings, or of a secret, has at most."""
_WITHIN = 5.0


def at_once(path: str | Path, flags: int) -> int:
    """Without waiting; what is made is for this user alone."""
    return os.open(path, flags | os.O_NONBLOCK, 0o600)


def itself_at_once(path: str | Path, flags: int) -> int:
    """The same, and not what a link leads to."""
    return at_once(path, flags | os.O_NOFOLLOW)


def read_little(path: str | Path) -> bytes:
    """What the file at `path` holds, or what comes by the pipe that is there; at most LITTLE bytes.

    Raises OSError, also for more, and for a pipe by which nothing comes for some seconds.
    """
    data, deadline = bytearray(), time.monotonic() + _WITHIN
    with open(path, "rb", buffering=0, opener=at_once) as file:
        pipe = stat.S_ISFIFO(os.fstat(file.fileno()).st_mode)
        while len(data) <= LITTLE:
            piece = file.read(LITTLE)
            if piece:
                data += piece
            elif piece is not None and (data or not pipe):
                return bytes(data)
            elif not _comes(file.fileno(), deadline, begun=bool(data)):
                raise TimeoutError(errno.ETIMEDOUT, "nobody writes into this pipe", str(path))
    raise OSError(errno.EFBIG, f"more than {LITTLE} bytes", str(path))


def _comes(descriptor: int, deadline: float, *, begun: bool) -> bool:
    """Whether something comes by a pipe in time, or the end of what has `begun`."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    left = max(0.0, deadline - time.monotonic())
    return any(begun or event & select.POLLIN for _, event in poll.poll(left * 1000))
