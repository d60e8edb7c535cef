"""The next update of one viewer: the only thing that the loop and the X thread share about it.

The loop knows what the viewer has said and been sent, the X thread makes the updates. There is one
at a time, in three steps: the X thread claims it, which decides and takes in one step what it has
to be like; the X thread makes it; the loop delivers it. A message that changes what updates are
like takes effect while none is between the first step and the last.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from threading import Lock

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.encoders.registry import FALLBACK as RAW
from desktopd.rfb.server.client_state import ClientState, Update, UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.update_sender import UpdateSender
from desktopd.rfb.server.watchers_room import WatchersRoom


class PendingUpdate:
    """What the viewer wants next, whether it is welcome now, and whether it is being made."""

    def __init__(
        self,
        sender: UpdateSender,
        room: WatchersRoom | None = None,
        size: Callable[[], Size] = lambda: Size(0, 0),
    ) -> None:
        """`sender` tells whether an update can go out now, and how fast the link is.

        `room`: where what is whole or raw has to find room first, by the `size` of the screen.
        """
        self.room = room
        self._sender = sender
        self._size = size
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
        return self.room is not None

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
            if update.data:
                self._requested = False
            if self.room is not None and update.data:
                self.room.know(self, len(update.data))
            elif self.room is not None:
                self.room.leave(self)
        self._delivered.set()

    def leave(self) -> None:
        """The viewer has gone: let go of the picture and of its encoders.

        What refers to each other here is free only once Python looks for it, and those are large.
        """
        with self._lock:
            self._left, self._state = True, None
            if self.room is not None:
                self.room.leave(self)

    def sent(self) -> None:
        """All that was delivered is sent; what is being made keeps its place."""
        with self._lock:
            if self.room is not None and not self._claimed:
                self.room.leave(self)

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

    def claim(self, *, lenient: bool = False) -> UpdateRequest | None:
        """Take what the next update has to be like if one is welcome now; `deliver` has to follow.

        `lenient`: also if it would have to wait a little, as for a viewer that follows the stream
        of others. So is one that is only made exact: the rate of a link that loses packets seems
        less than it is, and nothing is late.
        """
        with self._lock:
            lenient = lenient or (self._state is not None and self._state.only_refined)
            if (
                self._left
                or self._claimed
                or self._held
                or not (self._requested or self._continuous)
            ):
                return None
            if not self._sender.ready(lenient=lenient) or not self._finds_room():
                return None
            self._claimed = True
            anew, self._anew = self._anew, None
            rate, late = self._sender.rate, self._sender.late
            return UpdateRequest(
                self._state, self._preferences, rate, anew, late, watching=self.watching
            )

    def _finds_room(self) -> bool:
        raw = self._preferences.lossless is RAW
        if self.room is None or not (raw or self._anew is not None or self._state is None):
            return True
        size = self._size()
        return self.room.enter(self, 4 * size.width * size.height, raw=raw)
