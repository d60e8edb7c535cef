"""A service as data: what to run, after what, when it is ready, how it is restarted.

The services themselves are in `services`; `runner` keeps one running.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

from desktopd.session.process import Process
from desktopd.session.status import Stage

Probe = Callable[[], Awaitable[bool]]
Launch = Callable[[str], Awaitable[Process]]
"""Starts a process that has this mark (`marks`)."""

LASTING = 60.0
"""Seconds after which a service that ends is no longer one that ends again and again."""
SPARED = 20
"""Ends in a row after less than that which cost no delay: somebody may have killed it."""


async def nothing() -> None:
    """For who has nothing to do then."""


class Locked(Enum):
    """Whether a service of a locked desktop is behind a wall, and whose settings it has there."""

    NOT = auto()
    AT_HOME = auto()
    """Those at home: programs there tell it what to do."""
    ANEW = auto()
    """Its own, which are empty at each start."""
    BESIDE = auto()
    """Those that another one has begun anew with."""


@dataclass(frozen=True, slots=True)
class Restart:
    """How a service that ended is started again.

    The delay doubles from `first` to `longest` seconds with each end that was not preceded by
    readiness, and is `first` again after a start that became ready and lasted `settled` seconds. It
    doubles as well with each end past SPARED in a row that came within LASTING seconds.
    `attempts` such failures in a row are the last (None: never). Without `always` a service that
    was ready stays ended.
    """

    first: float = 0.1
    longest: float = 30.0
    attempts: int | None = None
    always: bool = True
    settled: float = 0.0

    def delay(self, failures: int, early: int = 0) -> float:
        """Seconds to wait after so many failures and early ends in a row, give or take a fifth."""
        doubled = min(failures + max(0, early - SPARED), 20)
        return min(self.longest, self.first * 2.0**doubled) * random.uniform(0.8, 1.2)


@dataclass(frozen=True, slots=True)
class Service:
    """One child of the daemon.

    `at_start` are further arguments, which tell nothing of what is wanted once it runs.
    `after` names services that have to be ready before it starts. `stage` tells what a start waits
    for while this one is not ready (None: nobody waits for it). `launch` starts it where its
    command line alone does not.

    `ready` is asked every `poll` seconds until it is true, for at most `ready_within` seconds
    (None: without a deadline). `alive`, once the service is ready, is asked every `alive_every`
    seconds, and has the same time to answer; a service that says nothing for `silent_for` seconds
    is killed, and at once if it was stopped by a signal. `release` gives up what these two hold: it
    is called when the service has ended, and before it is stopped.

    `forks`: where it ends well before it is ready, or soon after, it may have left what does the
    work.
    `on_first_size`: it starts when the size of a viewer that has come is known.
    `stop_within`: seconds from SIGTERM to SIGKILL. `keep_children`: what it started goes on when
    it ends by itself. `uses_gpu`: it draws, or starts what draws. `environment`: variables for
    this one alone. `nice`: how far it stands back where cores are short (nice(1)). `folder`: where
    it starts (None: where the daemon did). `locked`: what `lockdown` makes of it.
    """

    name: str
    argv: tuple[str, ...]
    ready: Probe
    at_start: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    stage: Callable[[], Stage] | None = None
    launch: Launch | None = None
    ready_within: float | None = 20.0
    poll: float = 0.05
    alive: Probe | None = None
    alive_every: float = 4.0
    silent_for: float = 0.0
    release: Callable[[], Awaitable[None]] = nothing
    restart: Restart = Restart()
    stop_within: float = 1.0
    forks: bool = False
    on_first_size: bool = False
    keep_children: bool = False
    first_oom_victim: bool = False
    uses_gpu: bool = False
    umask: int = -1
    nice: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    locked: Locked = Locked.NOT


@dataclass(frozen=True, slots=True)
class PartOf:
    """A service that needs no process of its own: service `whole` does its work."""

    name: str
    whole: str
