"""The next update of one viewer: the only thing that the loop and the X thread share about it.

The loop knows what the viewer has said and been sent, the X thread makes the updates. There is one
at a time, in three steps: the X thread claims it, which decides and takes in one step what it has
to be like; the X thread makes it; the loop delivers it. A message that changes what updates are
like takes effect while none is between the first step and the last.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Lock

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.server.client_state import ClientState, Update, UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.update_sender import UpdateSender


class PendingUpdate:
    """What the viewer wants next, whether it is welcome now, and whether it is being made."""

    def __init__(
        self,
        sender: UpdateSender,
        watched_from: str | None = None,
    ) -> None:
        """`sender` tells whether an update can go out now, and how fast the link is.

        `watched_from`: the address of a viewer that may only watch.
        """
        self.watched_from = watched_from
        self._sender = sender
        # The lock guards all that follows. The loop writes it; the X thread reads it, and writes
        # `_anew` and `_claimed` when it claims.
        self._lock = Lock()
        self._preferences = EncodingPreferences()
        self._state: ClientState | None = None
        self._anew: Rectangle | None = None
        self._requested = False
        self._continuous = False
        self._claimed = False
        self._held = False
        self._left = False
        # The loop's alone.
        self._delivered = asyncio.Event()

    @property
    def watching(self) -> bool:
        """Whether it is that of a viewer which may only watch."""
        return self.watched_from is not None

    # The loop calls these.

    def prefer(self, preferences: EncodingPreferences) -> None:
        """Have updates made so from the next claim on."""
        with self._lock:
            self._preferences = preferences

    def request(self, anew: Rectangle | None) -> bool:
        """Ask for one update, with all of `anew` in it; returns whether none was asked for yet."""
        with self._lock:
            first, self._requested = not self._requested, True
            self._add(anew)
        return first

    def push(self, *, continuous: bool) -> None:
        """Ask for updates without end, or no longer do."""
        with self._lock:
            self._continuous = continuous

    def redraw(self, area: Rectangle) -> None:
        """Have all of `area` in the next update."""
        with self._lock:
            self._add(area)

    def _add(self, area: Rectangle | None) -> None:
        if area is not None:
            self._anew = area if self._anew is None else self._anew.union(area)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Enter once no update is being made; none is begun as long as the block runs."""
        with self._lock:
            self._held = True
            claimed = self._claimed
        try:
            if claimed:
                self._delivered.clear()
                await self._delivered.wait()
            yield
        finally:
            with self._lock:
                self._held = False

    def deliver(self, update: Update) -> None:
        """Note that what was claimed is made, and sent if there was something to send."""
        with self._lock:
            self._state = None if self._left else update.state
            self._claimed = False
            if update.data and not update.goes_on:
                self._requested = False
        self._delivered.set()

    def leave(self) -> None:
        """The viewer has gone: let go of the picture and of its encoders.

        What refers to each other here is free only once Python looks for it, and those are large.
        """
        with self._lock:
            self._left, self._state = True, None

    # The X thread calls these.

    def outdated(self, framebuffer: Framebuffer, *, refine: bool) -> bool:
        """Whether the viewer lacks something of `framebuffer`, or has asked for it again.

        `refine`: or has something that is not exact.
        """
        with self._lock:
            state, anew = self._state, self._anew
        if anew is not None or state is None or state.framebuffer is not framebuffer:
            return True
        return state.outdated or (refine and bool(state.lossy.any()))

    @property
    def begun(self) -> bool:
        """Whether the viewer has a part of an update, and the next one is not being made."""
        with self._lock:
            return not self._claimed and self._going_on()

    def _going_on(self) -> bool:
        return self._state is not None and self._state.remainder is not None

    def claim(self, *, lenient: bool = False) -> UpdateRequest | None:
        """Take what the next update has to be like if one is welcome now; `deliver` has to follow.

        `lenient`: also if it would have to wait a little, as for a viewer that follows the stream
        of others. So is one that is only made exact: the rate of a link that loses packets seems
        less than it is, and nothing is late. Of one that has begun its next part is claimed.
        """
        with self._lock:
            going_on = self._going_on()
            lenient = lenient or (self._state is not None and self._state.only_refined)
            if (
                self._left
                or self._claimed
                or self._held
                or not (going_on or self._requested or self._continuous)
            ):
                return None
            if not self._sender.ready(lenient=lenient):
                return None
            self._claimed = True
            anew = None
            if not going_on:
                anew, self._anew = self._anew, None
            sender = self._sender
            return UpdateRequest(
                self._state,
                self._preferences,
                sender.rate,
                anew,
                sender.late,
                sender.part,
                watching=self.watching,
            )
