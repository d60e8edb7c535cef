"""A service as data: what to run, after what, when it is ready, how it is restarted."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Restart:
    """How a service that ended is started again.

    The delay doubles from `first` to `longest` seconds with each end that was not preceded by
    readiness, and is `first` again after a start that became ready. `attempts` such failures in a
    row are the last (None: never). Without `always` a service that was ready stays ended.
    """

    first: float = 0.1
    longest: float = 30.0
    attempts: int | None = None
    always: bool = True

    def delay(self, failures: int) -> float:
        """Seconds to wait after so many failures in a row, with a jitter of a fifth."""
        return min(self.longest, self.first * 2.0 ** min(failures, 20)) * random.uniform(0.8, 1.2)


@dataclass(frozen=True, slots=True)
class Service:
    """One child of the daemon.

    `ready` is asked every `poll` seconds until it is true, for at most `ready_within` seconds
    (None: without a deadline). `alive`, once the service is ready, is asked every `alive_every`
    seconds; a service that does not answer within the same time is killed. `keep_children`: what
    it started goes on when it ends by itself. `uses_gpu`: it draws, or starts what draws.
    `environment`: variables for this one alone.
    """

    name: str
    argv: tuple[str, ...]
    ready: Probe
    after: tuple[str, ...] = ()
    ready_within: float | None = 20.0
    poll: float = 0.05
    alive: Probe | None = None
    alive_every: float = 4.0
    restart: Restart = Restart()
    stop_within: float = 1.0
    keep_children: bool = False
    first_oom_victim: bool = False
    uses_gpu: bool = False
    umask: int = -1
    environment: Mapping[str, str] = field(default_factory=dict)
