"""What goes out to one viewer."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from desktopd.rfb.viewers.connection import VIEWER_LEFT, Cause, Ending, Transport


class SendQueue:
    """Keeps the order of messages, and sends together what has come together."""

    def __init__(
        self, transport: Transport, stall: float, backlog: int, on_sent: Callable[[int], None]
    ) -> None:
        """One send may take `stall` seconds, and `backlog` bytes may come to wait behind it.

        `on_sent` is told its bytes.
        """
        self._transport = transport
        self._stall = stall
        self._backlog = backlog
        self._on_sent = on_sent
        # What is sent together; the last of them still grows.
        self._parcels: deque[list[bytes]] = deque([[]])
        self._pending = self._sending = False
        self._behind = 0
        self._waiting = asyncio.Event()
        self._ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    @property
    def empty(self) -> bool:
        """Whether the transport has taken everything; may be asked in any thread."""
        return not self._pending and not self._sending

    def put(self, message: bytes, *, apart: bool = False) -> None:
        """Send a message as soon as possible; what comes after one `apart` is not sent with it."""
        if self._ending.done():
            return
        if self._sending:
            self._behind += len(message)
            if self._behind > self._backlog:
                detail = f"the viewer left more than {self._backlog} bytes unread"
                self.end(Ending(Cause.BACKLOG_FULL, detail))
                return
        self._parcels[-1].append(message)
        if apart:
            self._parcels.append([])
        self._pending = True
        self._waiting.set()

    def end(self, ending: Ending) -> None:
        """Make `run` return at once, without sending any more."""
        if not self._ending.done():
            self._ending.set_result(ending)
            self._parcels = deque([[]])
            self._pending = False

    async def run(self) -> Ending:
        """Send until the viewer has left or stalls, or `end` was called."""
        sending = asyncio.create_task(self._send())
        try:
            await asyncio.wait((sending, self._ending), return_when=asyncio.FIRST_COMPLETED)
            return self._ending.result() if self._ending.done() else sending.result()
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send(self) -> Ending:
        while True:
            await self._waiting.wait()
            self._sending, self._behind = True, 0
            data = b"".join(self._parcels.popleft())
            if not self._parcels:
                self._parcels.append([])
            self._pending = bool(self._parcels[0])
            if not self._pending:
                self._waiting.clear()
            try:
                async with asyncio.timeout(self._stall):
                    await self._transport.send(data)
            except TimeoutError:
                return Ending(
                    Cause.VIEWER_STALLED, f"the viewer took nothing for {self._stall:g} s"
                )
            except ConnectionError:
                return VIEWER_LEFT
            self._sending = False
            self._on_sent(len(data))
