"""Keeps one service running: start or adopt, wait for readiness, watch, start again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from desktopd.descriptors import enough
from desktopd.errors import CannotEnd, DisplayUnavailable
from desktopd.lacks import is_lack_of_start, outlast
from desktopd.session.errors import SessionError
from desktopd.session.family import bears, family, mark_of
from desktopd.session.health import until_end, until_ready
from desktopd.session.logs import tail, trim
from desktopd.session.marks import only
from desktopd.session.process import Exit, Process
from desktopd.session.procfs import session_of, start_time
from desktopd.session.service import LASTING, Launch, Service
from desktopd.session.shm import remove_segments_of
from desktopd.session.state import Running, StateFile
from desktopd.session.status import ServiceState, ServiceStatus

FOLLOWED_EVERY = 1.0
"""Seconds between two looks at what a service prints before it is ready."""
HANDS_OVER = 5.0
"""Seconds after readiness within which a launcher that ends well leaves what does the work."""

log = logging.getLogger(__name__)


async def _eldest(mark: str) -> Process | None:
    """The oldest of the living processes with this mark."""
    for pid in await asyncio.to_thread(family, only(mark)):
        if started := start_time(pid):
            return Process(pid, started=started, keep_children=True)
    return None


class Runner:
    """Runs one service, which is one process at a time.

    `launch` starts one that does not start itself, with what `new_mark` returns. `changed` is
    called at each change of `status`.
    `up` is set while the service is ready, `down` while it is not; `gave_up` once it has failed
    so often in a row that only `restart` starts it again.
    """

    def __init__(
        self,
        service: Service,
        launch: Launch,
        state: StateFile,
        log_file: Path,
        changed: Callable[[], None],
        new_mark: Callable[[], str],
    ) -> None:
        self.service = service
        self.status = ServiceStatus(service.name, ServiceState.WAITING)
        self.up = asyncio.Event()
        self.down = asyncio.Event()
        self.down.set()
        self.gave_up = asyncio.Event()
        self._launch = service.launch or launch
        self._state = state
        self._log_file = log_file
        self._log_start = 0
        self._changed = changed
        self._new_mark = new_mark
        self._process: Process | None = None
        self._failures = 0
        self._mark: str | None = None
        self._early = 0
        self._asked = asyncio.Event()

    async def run(self) -> None:
        """Keep the service running until cancelled; the process then runs on."""
        while True:
            self._asked.clear()
            started = time.monotonic()
            was_ready, error = await self._one_life()
            self.up.clear()
            self.down.set()
            self._count(was_ready, time.monotonic() - started)
            await self._pause(was_ready, error)
            self._note(restarts=self.status.restarts + 1)

    def _count(self, was_ready: bool, lived: float) -> None:
        """Count a life of `lived` seconds among those that came to nothing, or were short."""
        self._early = 0 if lived >= LASTING else self._early + 1
        settled = lived >= self.service.restart.settled
        self._failures = 0 if was_ready and settled else self._failures + 1

    async def restart(self) -> None:
        """End the process, if there is one, and start it again at once. Raises CannotEnd.

        Where a disk that is away keeps it, that is once it has ended, and nobody waits for it here.
        """
        self._asked.set()
        self._failures = self._early = 0
        if self._process is not None:
            try:
                await self._process.stop_in_time(self.service.stop_within)
            except CannotEnd:
                self._asked.clear()
                raise

    async def stop(self, then: ServiceState = ServiceState.STOPPED) -> None:
        """End the process, and be in state `then`. To be called when `run` is over.

        The process of an earlier daemon ends too, where `run` has not come to it.
        """
        self.up.clear()
        self.down.set()
        await self.service.release()
        process = self._process or await self._adopt()
        if process is not None:
            # What starts next would find its files and locks taken.
            stop = process.stop_in_time if then is ServiceState.STOPPED else process.stop
            await self._end(stop(self.service.stop_within))
            self._end_rest(process)
            self._forget()
        self._note(state=then, pid=None)

    async def _end(self, ending: Awaitable[Exit | None]) -> Exit:
        """Wait for an end; one that cannot be ended is told of, and no longer ours."""
        try:
            return await ending or Exit(None)
        except CannotEnd as error:
            log.warning("%s goes on: %s", self.service.name, error)
            return Exit(None)

    async def _one_life(self) -> tuple[bool, str]:
        """From start to end; returns whether it became ready, and how it ended."""
        self._note(state=ServiceState.STARTING, pid=None)
        within = self.service.ready_within
        try:
            process = await outlast(self._adopt)
            if process is None:
                # What cannot be started for the lack of something has not failed.
                await enough()
                process = await outlast(self._start, is_lack_of_start)
            elif within is not None:
                # It was ready before: what it may do then it may do now.
                within = max(within, self.service.silent_for)
        except (CannotEnd, SessionError, DisplayUnavailable, OSError) as error:
            return False, str(error)
        self._note(state=ServiceState.STARTING, pid=process.pid)
        reason = await until_ready(self.service, process, self._follow_log(), within)
        while reason is None and not process.running and (heir := await self._heir(process)):
            process = self._take(heir)
            reason = await until_ready(self.service, process, self._follow_log(), within)
        was_ready = reason is None and process.running
        if was_ready:
            hands_over_until = time.monotonic() + HANDS_OVER
            self._is_ready(process)
            reason = await until_end(self.service, process)
            while reason is None and time.monotonic() < hands_over_until:
                if (heir := await self._heir(process)) is None:
                    break
                process = self._take(heir)
                reason = await until_end(self.service, process)
        ended = await self._end(process.wait() if reason is None else process.kill())
        self._end_rest(process)
        await self.service.release()
        self._forget()
        self._note(pid=None, exit_code=ended.code, log=self._last_lines)
        program = self.service.argv[0] if self.service.argv else self.service.name
        return was_ready, f"{program} {reason or ended}"

    def _is_ready(self, process: Process) -> None:
        log.info("%s is ready (pid %d)", self.service.name, process.pid)
        self.up.set()
        self.down.clear()
        self.gave_up.clear()
        self._note(state=ServiceState.RUNNING, log="")

    async def _adopt(self) -> Process | None:
        """The process that an earlier daemon left, ended if it is not what is wanted now."""
        left = self._state.processes.get(self.service.name)
        if left is None:
            return None
        keep = self.service.keep_children or self.service.forks
        process = Process.adopt(left.pid, left.start_time, keep_children=keep)
        if process is not None and left.command != self.service.argv:
            await self._end(process.stop(self.service.stop_within))
            process = None
        if process is None:
            remove_segments_of(left.pid)
            self._state.ended(self.service.name)
            return None
        log.info("%s adopted (pid %d)", self.service.name, process.pid)
        self._process = process
        self._mark = mark_of(process.pid)
        return process

    async def _start(self) -> Process:
        trim(self._log_file)
        self._log_start = self._log_file.stat().st_size if self._log_file.exists() else 0
        self._mark = self._new_mark()
        # A daemon that is killed now has not noted what its successor shall end.
        self._state.starting(self.service.name, self._mark)
        try:
            process = await self._launch(self._mark)
        except BaseException:
            self._state.ended(self.service.name)
            raise
        return self._take(process)

    def _take(self, process: Process) -> Process:
        """Keep to this process from now on."""
        self._process = process
        if process.start_time is not None:
            running = Running(process.pid, process.start_time, self.service.argv)
            self._state.started(self.service.name, running)
        self._note(pid=process.pid)
        return process

    async def _heir(self, process: Process) -> Process | None:
        """What does the work of a process that has ended well."""
        if not self.service.forks or self._mark is None or self._asked.is_set():
            return None
        if (await process.wait()).code:
            return None
        heir = await outlast(partial(_eldest, self._mark))
        if heir is not None:
            log.info("%s goes on as pid %d", self.service.name, heir.pid)
        return heir

    def _end_rest(self, process: Process) -> None:
        """End what a launcher's process group has left, once nothing is an heir any more."""
        if self.service.forks:
            process.end_group()

    def owns(self, pid: int) -> bool:
        """Whether a process is the service's, or one that it has started."""
        process = self._process
        if process is None:
            return False
        if (session := session_of(pid)) in (None, process.pid):
            return session is not None
        # Asked for each window, which name any process: nobody waits for what that one shows.
        return self._mark is not None and bears(pid, self._mark)

    def _forget(self) -> None:
        if self._process is not None:
            remove_segments_of(self._process.pid)
        self._process = None
        self._state.ended(self.service.name)

    async def _follow_log(self) -> None:
        """Tell what it prints while it is waited for."""
        while True:
            await asyncio.sleep(FOLLOWED_EVERY)
            self._note(log=self._last_lines)

    async def _pause(self, was_ready: bool, error: str) -> None:
        """Wait as long as the service's restart rule says."""
        if self._asked.is_set():
            return
        rule, lines = self.service.restart, self._last_lines
        if was_ready and not rule.always:
            log.info("%s is not started again", error)
            self._note(state=ServiceState.STOPPED, pid=None, error=error, log=lines)
            await self._asked.wait()
        elif rule.attempts is not None and self._failures >= rule.attempts:
            log.error("%s, %d times in a row\n%s", error, self._failures, lines)
            self._note(state=ServiceState.FAILED, pid=None, error=error, log=lines)
            self.gave_up.set()
            await self._asked.wait()
        else:
            delay = rule.delay(self._failures, self._early)
            log.warning("%s; again in %.1f s", error, delay)
            self._note(state=ServiceState.BACKOFF, pid=None, error=error, log=lines)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._asked.wait()

    @property
    def _last_lines(self) -> str:
        """What the process has printed last."""
        return tail(self._log_file, self._log_start)

    def _note(self, **changes: object) -> None:
        status = replace(self.status, **changes)  # type: ignore[arg-type]
        if status != self.status:
            self.status = status
            self._changed()
