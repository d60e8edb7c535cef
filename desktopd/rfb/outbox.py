"""What goes out to one viewer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from desktopd.rfb.relay import Cause, Ending, Transport

VIEWER_LEFT = Ending(Cause.VIEWER_LEFT, "the viewer closed the connection")


class Outbox:
    """Keeps the order of messages, and sends together what has come together."""

    def __init__(self, transport: Transport, stall: float, on_sent: Callable[[int], None]) -> None:
        """One send may take `stall` seconds; `on_sent` is told its bytes."""
        self._transport = transport
        self._stall = stall
        self._on_sent = on_sent
        self._messages: list[bytes] = []
        self._waiting = asyncio.Event()
        self._ending: Ending | None = None

    @property
    def empty(self) -> bool:
        """Whether the transport has taken everything."""
        return not self._messages

    def put(self, message: bytes) -> None:
        """Send a message as soon as possible."""
        self._messages.append(message)
        self._waiting.set()

    def end(self, ending: Ending) -> None:
        """Make `run` return, without sending any more."""
        self._ending = ending
        self._waiting.set()

    async def run(self) -> Ending:
        """Send until the viewer has left or stalls, or `end` was called."""
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            if self._ending is not None:
                return self._ending
            count = len(self._messages)
            data = b"".join(self._messages)
            try:
                async with asyncio.timeout(self._stall):
                    await self._transport.send(data)
            except TimeoutError:
                return Ending(
                    Cause.VIEWER_STALLED, f"the viewer took nothing for {self._stall:g} s"
                )
            except ConnectionError:
                return VIEWER_LEFT
            del self._messages[:count]
            self._on_sent(len(data))
