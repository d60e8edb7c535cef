"""System V shared memory that a killed process leaves behind.

x11vnc shares some twenty segments with the X server and deletes them when it ends in peace. A
machine has room for 4096.
"""

from __future__ import annotations

import ctypes
import logging
from pathlib import Path

log = logging.getLogger(__name__)

SEGMENTS = Path("/proc/sysvipc/shm")
IPC_RMID = 0


def segments_of(*pids: int) -> list[int]:
    """Identifiers of the segments that these processes have made (proc_sysvipc_shm(5))."""
    try:
        header, *rows = (line.split() for line in SEGMENTS.read_text().splitlines())
    except (OSError, ValueError):
        return []
    identifier, creator = header.index("shmid"), header.index("cpid")
    return [int(row[identifier]) for row in rows if int(row[creator]) in pids]


def remove_segments_of(*pids: int) -> None:
    """Delete what these processes, which have ended, have made (shmctl(2), IPC_RMID).

    A segment that is attached elsewhere goes when it is detached there.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    for segment in segments_of(*pids):
        if libc.shmctl(segment, IPC_RMID, None) != 0:
            log.debug("shared memory %d: errno %d", segment, ctypes.get_errno())
