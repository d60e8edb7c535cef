"""How a process of the application ended, for whoever wants to know why."""

from __future__ import annotations

import signal
from dataclasses import dataclass

LONGEST = 16_384


@dataclass(frozen=True, slots=True)
class ApplicationEnd:
    """The end of one process.

    `code` is as in `subprocess.Popen.returncode`, None where it cannot be known (the process was
    adopted). `out_of_memory`: the kernel killed it for want of memory, None where nobody counts.
    `asked`: it was restarted through desktopd. `time` is in seconds since 1970.
    """

    pid: int
    code: int | None
    out_of_memory: bool | None
    traceback: str
    asked: bool
    time: float

    @property
    def signal(self) -> str | None:
        """The name of the signal that ended it, such as ``SIGKILL``."""
        if self.code is None or self.code >= 0:
            return None
        return signal.Signals(-self.code).name


def died_for_memory(code: int | None, kills: int | None) -> bool | None:
    """Whether the kernel's `kills` for memory, during a process, explain its end with `code`."""
    if code is not None and code != -signal.SIGKILL:
        return False
    return None if kills is None else kills > 0
