"""Captures the display and has it encoded for whoever can take it; in the X thread alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.server.client_connection import ClientConnection
from desktopd.rfb.server.client_state import Update, UpdateRequest
from desktopd.rfb.server.refinement import REST
from desktopd.rfb.server.update_encoder import UpdateEncoder
from desktopd.x11.connection import Display
from desktopd.x11.screen.grab import Grabber

# Seconds between two captures: more than any screen shows, so that none has to wait for its turn.
FRAME = 1 / 80
# Seconds until it is looked again what can be made exact.
_REFINE = REST / 4


class CaptureLoop:
    """Captures as often as a viewer can take it and something changes, and not otherwise.

    It is asked and answers without waiting for the loop: the time of two changes of thread would
    be a third of what a picture takes.
    """

    def __init__(
        self,
        grabber: Grabber,
        clients: Sequence[ClientConnection],
    ) -> None:
        """`clients` are those who watch at any moment."""
        self._grabber = grabber
        self._clients = clients
        self._pixels = UpdateEncoder(grabber.size)
        self._loop = asyncio.get_running_loop()
        self._next_frame = 0.0
        self._refine_at = 0.0
        # Somebody may be waiting for an update that could not be sent yet.
        self._held_back = False
        # Since when there has been something to capture that nobody could take.
        self._waiting_since: float | None = None

    @property
    def size(self) -> Size:
        """Of the screen."""
        return self._grabber.size

    def wake(self) -> None:
        """Something is to be sent, even if nobody has waited for it; from any thread."""
        self._grabber.wake()

    def proceed(self) -> None:
        """A viewer may be able to take what it has waited for; from any thread."""
        if self._held_back:
            self._grabber.wake()

    async def caught_up(self) -> None:
        """Return when all that X has done so far is known here. Raises ConnectionLost."""
        await self._grabber.caught_up()

    async def run(self) -> None:
        """Go on until the display ends, which raises ConnectionLost."""
        await self._grabber.watch(self._turn)

    def close(self) -> None:
        """Free what is held, once the grabber's connection is closed."""
        self._pixels.close()

    def _turn(self, display: Display) -> float | None:
        """Make the updates that are due; returns after how many seconds to look again."""
        now = time.monotonic()
        news = self._grabber.damage is not None
        if news and now < self._next_frame:
            return self._next_frame - now
        clients = self._ready_clients(now)
        if not clients:
            if news and self._clients and self._waiting_since is None:
                self._waiting_since = now
            return self._refinement_in(now)
        if news:
            # A frame that was late leaves the next one its time.
            self._next_frame = max(self._next_frame, now - FRAME) + FRAME
        requests = [client.request() for client in clients]
        updates = self._updates(display, requests, now)
        self._loop.call_soon_threadsafe(_deliver, clients, updates)
        if all(update.exact for update in updates):
            return self._refinement_in(now)
        self._refine_later(now, news=news, sent=any(update.data for update in updates))
        return max(0.0, self._refine_at - now)

    def _ready_clients(self, now: float) -> list[ClientConnection]:
        """Who gets an update now; nobody where nothing has changed and all have it."""
        news = self._grabber.damage is not None
        refine = now >= self._refine_at
        framebuffer = self._pixels.framebuffer
        clients = tuple(self._clients)
        # Before anybody is asked: who can take more from now on must be heard.
        self._held_back = True
        wanting = [
            client
            for client in clients
            if news or client.outdated(framebuffer) or (refine and client.lossy)
        ]
        chosen: list[ClientConnection] = []
        if any(client.ready() for client in wanting):
            chosen = [client for client in clients if client.ready(lenient=True)]
        self._held_back = any(client not in chosen for client in wanting)
        return chosen

    def _refine_later(self, now: float, *, news: bool, sent: bool) -> None:
        """See to it that what is not exact is looked at when it may have come to rest.

        What keeps moving cannot have, and what rests beside it is refined with the next update.
        """
        if not news:
            self._refine_at = now if sent else now + _REFINE
        elif self._refine_at <= now or self._pixels.motion.region is not None:
            self._refine_at = now + REST

    def _refinement_in(self, now: float) -> float | None:
        """Seconds until the next look at what is not exact; None where none is planned."""
        return self._refine_at - now if self._refine_at > now else None

    def _updates(
        self, display: Display, requests: Sequence[UpdateRequest], now: float
    ) -> list[Update]:
        pixels, grabber = self._pixels, self._grabber
        size, damage = grabber.size, grabber.take()
        if size != pixels.framebuffer.size:
            pixels.resize(size)
            damage = Rectangle.of(size)
        if damage is not None:
            area = pixels.framebuffer.aligned(damage)
            since, self._waiting_since = self._waiting_since, None
            waited = 0.0 if since is None else now - since
            pixels.absorb(area, grabber.grab(display, area), now, waited)
        return pixels.updates(requests, now)


def _deliver(clients: Sequence[ClientConnection], updates: Sequence[Update]) -> None:
    """In the loop."""
    for client, update in zip(clients, updates, strict=True):
        client.deliver(update)
