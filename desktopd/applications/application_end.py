"""How a process of the application ended, for whoever wants to know why."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktopd.signal_names import signal_name, signal_words

LONGEST = 16_384
SHELL = 128
"""What a shell, and most programs that start another, adds to the signal that ended that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationEnd:
    """The end of one process.

    `code` is as in `subprocess.Popen.returncode`, None where it cannot be known (the process was
    adopted). `out_of_memory`: the kernel killed it for want of memory, None where nobody counts;
    `memory_limit` is then how many bytes its control group may take, None without a limit.
    `traceback` is what it ended with, `last_error` the last error that nothing in it had caught,
    as its companion told it, `log` the last lines of its output. `asked`: it was restarted
    through desktopd. `time` is in seconds since 1970.
    """

    pid: int
    code: int | None
    out_of_memory: bool | None
    asked: bool
    time: float
    memory_limit: int | None = None
    traceback: str = ""
    last_error: Mapping[str, Any] | None = field(default=None, hash=False)
    log: str = ""

    @property
    def signal(self) -> str | None:
        """The name of the signal that ended it, such as ``SIGKILL``."""
        if self.code is None or self.code >= 0:
            return None
        return signal_name(-self.code)

    @property
    def description(self) -> str:
        """The exit code or the signal in words, such as ``Killed (signal 9)``."""
        if self.code is None:
            return "not known: desktopd itself was started again meanwhile"
        if self.code < 0:
            return f"{signal_words(-self.code)} (signal {-self.code})"
        number = self.code - SHELL
        if number in signal.valid_signals():
            return f"exit code {self.code}: a program in it ended by {signal_words(number)}"
        return f"exit code {self.code}"


def died_for_memory(code: int | None, kills: int | None) -> bool | None:
    """Whether the kernel's `kills` for memory, during a process, explain its end with `code`."""
    if code not in (None, -signal.SIGKILL, SHELL + signal.SIGKILL):
        return False
    return None if kills is None else kills > 0
