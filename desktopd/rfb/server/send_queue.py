"""What goes out to one viewer: the bytes that wait, and who hands them to its transport."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext

from desktopd.rfb.protocol import fences
from desktopd.rfb.server.watchers_queues import WatchersQueues
from desktopd.rfb.viewers.connection import VIEWER_LEFT, Cause, Ending, Transport
from desktopd.tasks import race

PIECE = 1024 * 1024
"""Bytes that the transport is handed at a time, which has copies of them until they are gone."""


class SendQueue:
    """Keeps the order of what is said, and sends together what has come together.

    All of this belongs to the loop; other threads may read `empty`.
    """

    def __init__(
        self,
        transport: Transport,
        stall: float,
        backlog: int,
        on_sent: Callable[[int], None],
        watchers: WatchersQueues | None = None,
    ) -> None:
        """`backlog` bytes may come to wait behind what is being sent.

        The viewer has `stall` seconds for each piece; a watcher for all pieces of a message, as
        others may wait for their picture until it has its own (`watchers_room`).
        The largest that comes while nothing is being sent does not count, as a picture may be that.
        `on_sent` is told the bytes of each send. `watchers`: with whom it shares, if it does.
        """
        self.empty = True
        """Whether the transport has taken everything."""
        self._transport = transport
        self._stall = stall
        self._backlog = backlog
        self._on_sent = on_sent
        self._watchers = watchers
        # What goes into one message each; the last of them still grows.
        self._messages: deque[list[bytes]] = deque([[]])
        self._sending = 0
        self._pending = 0
        self._largest = 0
        self._waiting = asyncio.Event()
        self._ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    @property
    def unacknowledged(self) -> int:
        """See Transport."""
        return self._transport.unacknowledged

    @property
    def size(self) -> int:
        """Bytes kept of what the transport has not taken; none once there is an end.

        The piece that is being sent is here and in the transport's buffer.
        """
        if self._ending.done():
            return 0
        return self._pending + self._sending + min(self._sending, PIECE)

    def put(self, data: bytes) -> None:
        """Send `data` as soon as possible."""
        if self._ending.done():
            return
        self._pending += len(data)
        if not self._sending:
            self._largest = max(self._largest, len(data))
        if self._pending - self._largest > self._backlog:
            detail = f"the viewer left more than {self._backlog} bytes unread"
            self.end(Ending(Cause.BACKLOG_FULL, detail))
            return
        self._messages[-1].append(data)
        if fences.ends_message(data):
            self._messages.append([])
        self.empty = False
        self._waiting.set()
        if self._watchers is not None:
            self._watchers.grown()

    def end(self, ending: Ending) -> None:
        """Make `run` return at once, without sending any more."""
        if not self._ending.done():
            self._ending.set_result(ending)
        self._messages = deque([[]])
        self._waiting.clear()

    async def run(self) -> Ending:
        """Send until the viewer has left or stalls, or `end` was called."""
        with nullcontext() if self._watchers is None else self._watchers.counted(self):
            return await race(self._ended(), self._send())

    async def _ended(self) -> Ending:
        return await self._ending

    async def _send(self) -> Ending:
        while True:
            await self._waiting.wait()
            data = self._next_message()
            self._sending = len(data)
            try:
                async with asyncio.timeout(self._stall) as stalled:
                    for start in range(0, len(data), PIECE):
                        await self._transport.send(data[start : start + PIECE])
                        if self._watchers is None:
                            stalled.reschedule(asyncio.get_running_loop().time() + self._stall)
            except TimeoutError:
                detail = f"the viewer did not take within {self._stall:g} s what it was sent"
                return Ending(Cause.VIEWER_STALLED, detail)
            except ConnectionError:
                return VIEWER_LEFT
            self._sending = 0
            self.empty = not self._messages[0]
            self._on_sent(len(data))

    def _next_message(self) -> bytes:
        data = b"".join(self._messages.popleft())
        self._pending -= len(data)
        if len(data) >= self._largest:
            self._largest = 0
        if not self._messages:
            self._messages.append([])
        if not self._messages[0]:
            self._waiting.clear()
        return data
