"""The loop of the X thread that captures the display and makes updates for whoever can take them.

What is in the updates is the update encoder's affair; how the screen is followed, the grabber's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence, Set

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.server.client_state import Update, UpdateRequest
from desktopd.rfb.server.client_updates import ClientUpdates
from desktopd.rfb.server.refinement import REST
from desktopd.rfb.server.update_encoder import UpdateEncoder
from desktopd.rfb.server.watchers_turns import WatchersTurns
from desktopd.trace import Track
from desktopd.x11.connection import Display
from desktopd.x11.screen.grab import Grabber

# Seconds between two captures: more than any screen shows, so that none has to wait for its turn.
FRAME = 1 / 80
# Seconds until the next look at what can be made exact.
_REFINE = REST / 4


class CaptureLoop:
    """Captures as often as a viewer can take it and something changes, and not otherwise.

    The X thread finds out by itself whether a viewer is ready, and does not wait for the asyncio
    loop: two changes of thread would take a third of the time that a picture takes.
    """

    def __init__(self, grabber: Grabber, is_draft: Callable[[], bool] = lambda: False) -> None:
        """`is_draft`: see DraftPicture."""
        self._grabber = grabber
        self._loop = asyncio.get_running_loop()
        # The loop writes these, the X thread reads them: the tuple never changes, another one
        # takes its place.
        self._clients: tuple[ClientUpdates, ...] = ()
        # The X thread writes this, the loop reads it: a viewer may be waiting for an update that
        # could not be sent yet.
        self._held_back = False
        # The X thread's alone.
        self._encoder = UpdateEncoder(grabber.size, is_draft)
        self._next_frame = 0.0
        self._refine_at = 0.0
        self._watchers: WatchersTurns[ClientUpdates] = WatchersTurns(
            lambda client: client.pending.room
        )
        # Since when there has been something to capture that nobody could take.
        self._waiting_since: float | None = None

    # The loop calls these.

    @property
    def size(self) -> Size:
        """Of the screen."""
        return self._grabber.size

    def add(self, client: ClientUpdates) -> None:
        """Make updates for one more viewer."""
        self._clients = (*self._clients, client)
        self.wake()

    def remove(self, client: ClientUpdates) -> None:
        """Make no more updates for a viewer; one that is being made is still delivered."""
        self._clients = tuple(other for other in self._clients if other is not client)

    def wake(self) -> None:
        """Look at every viewer: one wants something that it did not want before."""
        self._grabber.wake()

    def proceed(self) -> None:
        """Look at every viewer if one has been held back: it may be able to take more now."""
        if self._held_back:
            self._grabber.wake()

    async def caught_up(self) -> None:
        """Return when all that X has done so far is known here.

        Raises ConnectionLost or XTimeout.
        """
        await self._grabber.caught_up()

    async def run(self) -> None:
        """Go on until the display ends, which raises ConnectionLost."""
        await self._grabber.watch(self._turn)

    def close(self) -> None:
        """Free the encoders and the picture, once the grabber's connection is closed."""
        self._encoder.close()

    # From here on: run in the X thread.

    def _turn(self, display: Display) -> float | None:
        """Make the updates that are due; returns after how many seconds to look again."""
        now = time.monotonic()
        self._refine_at = min(self._refine_at, now + self._encoder.refinement.rest(now))
        news = self._grabber.damage is not None
        if news and now < self._next_frame:
            return self._next_frame - now
        updates = self._updates(display, now, news=news)
        if not updates and news and self._clients and self._waiting_since is None:
            self._waiting_since = now
        wait = self._refinement_in(now)
        if any(not update.exact for update in updates):
            self._refine_later(now, news=news, sent=any(update.data for update in updates))
            wait = max(0.0, self._refine_at - now)
        waits = wait, self._watchers.wait()
        return min((one for one in waits if one is not None), default=None)

    def _updates(self, display: Display, now: float, *, news: bool) -> list[Update]:
        """Make an update for each who gets one now, and have it delivered; what is captured first.

        Whoever has control waits for none of those who may only watch.
        """
        made: list[Update] = []
        for claims in self._claims(now, news=news):
            if not made:
                self._capture(display, now, news=news)
            began = self._grabber.trace.begin()
            updates = self._encoder.updates(tuple(claims.values()), now)
            if began:
                encoded = sum(len(update.data) for update in updates)
                self._grabber.trace.end(Track.CAPTURE, "encode", began, bytes=encoded)
            self._loop.call_soon_threadsafe(_deliver, tuple(claims), updates)
            made += updates
        return made

    def _claims(self, now: float, *, news: bool) -> Iterator[dict[ClientUpdates, UpdateRequest]]:
        """Who gets an update now, and what it has to be like: who may only watch one by one.

        Nobody where nothing has changed and all have it. Where one viewer gets one, those who can
        almost take more follow: so they share its pictures.
        """
        refine = now >= self._refine_at
        framebuffer = self._encoder.framebuffer
        clients = self._clients
        # Before anybody is asked: who can take more from now on must be heard.
        self._held_back = True
        wanting = {
            client
            for client in clients
            if news or client.pending.outdated(framebuffer, refine=refine)
        }
        claims = _claimed(wanting, [one for one in clients if not one.pending.watching])
        served = set(claims)
        if claims:
            yield claims
        for client in self._watchers.turn([one for one in clients if one.pending.watching]):
            if not served and client not in wanting:
                continue
            if request := client.pending.claim(lenient=bool(served)):
                served.add(client)
                yield {client: request}
        self._held_back = not wanting <= served

    def _refine_later(self, now: float, *, news: bool, sent: bool) -> None:
        """Plan the next look at what is not exact, for when it may have come to rest.

        What keeps moving cannot have, and what rests beside it is refined with the next update.
        """
        rest = min(REST, self._encoder.refinement.rest(now))
        if not news:
            self._refine_at = now if sent else now + min(_REFINE, rest)
        elif self._refine_at <= now or self._encoder.motion.region is not None or rest < REST:
            self._refine_at = now + rest

    def _refinement_in(self, now: float) -> float | None:
        """Seconds until the next look at what is not exact; None where none is planned."""
        return self._refine_at - now if self._refine_at > now else None

    def _capture(self, display: Display, now: float, *, news: bool) -> None:
        """Take what has changed on the screen."""
        if news:
            # A frame that was late leaves the next one its time.
            self._next_frame = max(self._next_frame, now - FRAME) + FRAME
        encoder, grabber = self._encoder, self._grabber
        began = grabber.trace.begin()
        size, damage = grabber.size, grabber.take()
        if size != encoder.framebuffer.size:
            encoder.resize(size)
            damage = Rectangle.of(size)
        if damage is not None:
            area = encoder.framebuffer.aligned(damage)
            since, self._waiting_since = self._waiting_since, None
            waited = 0.0 if since is None else now - since
            encoder.absorb(area, grabber.grab(display, area), now, waited)
            grabber.trace.end(Track.CAPTURE, "capture", began)


def _claimed(
    wanting: Set[ClientUpdates], clients: Sequence[ClientUpdates]
) -> dict[ClientUpdates, UpdateRequest]:
    """Claim for those of `clients` that are `wanting` and ready, and then for all that almost are.

    In the order of `clients`.
    """
    ready = (client for client in clients if client in wanting)
    claims = {client: request for client in ready if (request := client.pending.claim())}
    if claims:
        for client in clients:
            if client not in claims and (request := client.pending.claim(lenient=True)):
                claims[client] = request
    return {client: claims[client] for client in clients if client in claims}


def _deliver(clients: Sequence[ClientUpdates], updates: Sequence[Update]) -> None:
    """In the loop."""
    for client, update in zip(clients, updates, strict=True):
        client.deliver(update)
