"""One connection to an X server, for use from the asyncio loop.

python-xlib blocks while it waits for a reply, so its Display lives in a thread of its own, and
nothing else touches it: see x_thread. The loop watches the socket and has that thread read what
comes unasked.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from desktopd.background_tasks import BackgroundTasks
from desktopd.observers import Observers
from desktopd.threads import Threads
from desktopd.trace import Trace, Track
from desktopd.x11.errors import (
    ConnectionLost,
    XError,
    XRequestError,
    XTimeout,
    x_errors,
)
from desktopd.x11.handshake import shake_hands
from desktopd.x11.x_thread import Event, XThread
from desktopd.x11.xlib_patches import Display

__all__ = [
    "Connection",
    "ConnectionLost",
    "Display",
    "Event",
    "XError",
    "XRequestError",
    "XTimeout",
    "x_errors",
]

T = TypeVar("T")


class Connection:
    """A connection to one X server; made by `open`, ended by `close` or by the server's end.

    All of this belongs to the loop. What is given to `call` and `post` runs in the X thread.
    """

    def __init__(
        self,
        name: str,
        display: Display,
        control: socket.socket,
        executor: Threads,
        trace: Trace,
    ) -> None:
        self._name = name
        self._executor = executor
        self._trace = trace
        # A second descriptor of the socket: python-xlib closes its own when the server goes.
        self._control = control
        self._loop = asyncio.get_running_loop()
        self._thread = XThread(
            name, display, lambda events: self._loop.call_soon_threadsafe(self._deliver, events)
        )
        self._lost: asyncio.Future[None] = self._loop.create_future()
        self._handlers: Observers[[Event]] = Observers()
        self._tasks = BackgroundTasks(ConnectionLost)
        self._jobs = 0
        self._loop.add_reader(control, self._drain)

    @classmethod
    async def open(
        cls,
        name: str,
        authority: Path | None = None,
        *,
        timeout: float = 5.0,  # noqa: ASYNC109
        trace: Trace | None = None,
    ) -> Connection:
        """Connect to the local display `name` (``:7``) within `timeout` seconds.

        `authority` is the Xauthority file with its cookie; without one the server must admit
        everybody. `trace` notes what is posted. Raises XError when there is no such server or it
        refuses, or where this process lacks what it takes (`lacks.is_lack`), XTimeout when it does
        not answer.
        """
        try:
            with ExitStack() as opened:
                connected = opened.enter_context(socket.socket(socket.AF_UNIX))
                control = opened.enter_context(connected.dup())
                executor = Threads(1, f"x11 {name}")
                opened.pop_all()
        except OSError as lack:
            raise XError(f"X {name} cannot be reached: {lack.strerror}") from lack
        try:
            opening = executor.submit(shake_hands, name, authority, connected, timeout)
            async with asyncio.timeout(timeout):
                display = await asyncio.wrap_future(opening)
            return cls(name, display, control, executor, trace or Trace())
        except BaseException as failure:
            with suppress(OSError):
                control.shutdown(socket.SHUT_RDWR)  # ends a handshake that still waits
            control.close()
            executor.submit(connected.close)
            executor.shutdown(wait=False)
            if isinstance(failure, TimeoutError):
                raise XTimeout(f"X {name} did not answer within {timeout:g} s") from None
            raise

    async def call(
        self,
        request: Callable[[Display], T],
        *,
        timeout: float | None = 5.0,  # noqa: ASYNC109
    ) -> T:
        """Run `request` in the X thread and return what it returns.

        Raises XTimeout after `timeout` seconds, with None never (a request that waits its turn is
        then dropped, one that has begun goes on), ConnectionLost, and XRequestError for an error
        that X answered.
        """
        if self._lost.done():
            raise ConnectionLost(f"X {self._name}: the connection has ended")
        job = self._submit(request)
        answer = asyncio.wrap_future(job)
        try:
            await asyncio.wait(
                (answer, self._lost), timeout=timeout, return_when=asyncio.FIRST_COMPLETED
            )
            if answer.done():
                return answer.result()
            if self._lost.done():
                raise ConnectionLost(f"X {self._name}: the connection has ended")
            raise XTimeout(f"X {self._name} did not answer within {timeout:g} s")
        finally:
            job.cancel()
            answer.cancel()

    def post(self, request: Callable[[Display], object]) -> None:
        """Run `request` in the X thread after all that was asked for before, and do not wait.

        For many small requests without an answer, such as input. A failure is logged, each kind
        once. After the connection's end it does nothing: `wait_lost` tells of that.
        """
        if not self._lost.done():
            attempt = partial(self._thread.attempt, request)
            self._submit(self._trace.timed(Track.INPUT, "XTEST", attempt))

    def subscribe(self, handler: Callable[[Event], None]) -> Callable[[], None]:
        """Have `handler` called in the loop with every event; returns what ends that."""
        return self._handlers.add(handler)

    def watch(self, handler: Callable[[Event], object]) -> None:
        """Have `handler` called in the X thread with every event, before the next request runs.

        For what a request must not miss: the loop may hear of an event after it has run.
        """
        self._thread.watch(handler)

    @contextmanager
    def collect(self, wanted: Callable[[Event], bool]) -> Iterator[asyncio.Queue[Event]]:
        """Queue the events that are `wanted` as long as the block runs."""
        queue: asyncio.Queue[Event] = asyncio.Queue()
        unsubscribe = self.subscribe(
            lambda event: queue.put_nowait(event) if wanted(event) else None
        )
        try:
            yield queue
        finally:
            unsubscribe()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` as a task that ends with the connection at the latest; failures are logged."""
        task = self._tasks.start(work)
        if self._lost.done():
            task.cancel()
        return task

    async def ping(self, *, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Make one round trip to the server; raises as `call` does."""
        await self.call(Display.sync, timeout=timeout)

    @property
    def is_lost(self) -> bool:
        """Whether the connection has ended, for whatever reason."""
        return self._lost.done()

    async def wait_lost(self) -> None:
        """Return when the connection has ended, for whatever reason."""
        await asyncio.shield(self._lost)

    async def close(self) -> None:
        """End the connection, and the X thread with it, also when X does not answer any more."""
        self._end()
        await asyncio.wait([asyncio.wrap_future(self._released)])
        self._executor.shutdown()

    def _submit(self, request: Callable[[Display], T]) -> concurrent.futures.Future[T]:
        self._jobs += 1
        if self._jobs == 1:
            self._loop.remove_reader(self._control)
        job = self._executor.submit(self._thread.perform, request)
        job.add_done_callback(lambda done: self._loop.call_soon_threadsafe(self._job_done, done))
        return job

    def _job_done(self, job: concurrent.futures.Future[Any]) -> None:
        self._jobs -= 1
        if not job.cancelled() and isinstance(job.exception(), ConnectionLost):
            self._end()
        elif self._jobs == 0 and not self._lost.done():
            self._loop.add_reader(self._control, self._drain)

    def _drain(self) -> None:
        self._submit(lambda display: None)

    def _deliver(self, events: list[Event]) -> None:
        for event in events:
            self._handlers.call(event)

    def _end(self) -> None:
        if self._lost.done():
            return
        self._lost.set_result(None)
        self._loop.remove_reader(self._control)
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # wakes a request that waits for its reply
        self._control.close()
        self._tasks.cancel()
        self._released = self._executor.submit(self._thread.close)
        self._executor.shutdown(wait=False)
