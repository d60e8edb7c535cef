"""The picture of one viewer: what updates have to be like, when it wants one, and its delivery.

What else a viewer is told stands in announcements; what the X thread may touch, in pending_update.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from desktopd.rfb.server.client_display import ClientDisplay
from desktopd.rfb.server.client_state import Update
from desktopd.rfb.server.desktop_size import DesktopSize
from desktopd.rfb.server.pending_update import PendingUpdate
from desktopd.rfb.server.update_sender import UpdateSender
from desktopd.rfb.viewers.connection import Cause, Ending
from desktopd.rfb.viewers.viewer import Role, Viewer

# Seconds without an answer to a fence after which a viewer gets no more video, for so long: where
# it reads meanwhile, and in any case, since one that waits for its decoder may not read either. A
# link that is out for 2 s is silent for 4 and more (TCP's backoff), and no decoder's fault.
SPEECHLESS = 3.0
SPEECHLESS_AT_ALL = 12.0
WITHOUT_VIDEO = 60.0


class ClientUpdates:
    """The updates of one viewer. All of this belongs to the loop, but for `pending`."""

    def __init__(
        self,
        display: ClientDisplay,
        viewer: Viewer,
        sender: UpdateSender,
        desktop_size: DesktopSize,
        end: Callable[[Ending], None],
    ) -> None:
        """`end` is called where the viewer cannot follow the picture."""
        room = display.watchers_rooms.of(viewer.address) if viewer.role is Role.VIEW else None
        self.pending = PendingUpdate(sender, room, lambda: display.size)
        self._display = display
        self._viewer = viewer
        self._sender = sender
        self._desktop_size = desktop_size
        self._end = end
        self._encodings: tuple[int, ...] = ()
        self._pixel_format = NATIVE
        self._preferences = EncodingPreferences()
        self._video_again = 0.0

    def choose_format(self, pixel_format: PixelFormat) -> None:
        """Make updates of these pixels, and the whole picture anew.

        Raises ProtocolError where no pixel can be so.
        """
        pixel_format.check()
        self._pixel_format = pixel_format
        self._update_preferences(time.monotonic())
        self._redraw()

    def choose_encodings(self, encodings: tuple[int, ...]) -> None:
        """Make updates of these encodings, which are in the order of the viewer's preference."""
        self._encodings = encodings
        self._update_preferences(time.monotonic())
        if Encoding.FENCE in encodings:
            self._sender.use_fences()

    def request(self, area: Rectangle, *, incremental: bool) -> None:
        """Make the update that the viewer asks for: of what has changed, or of all of `area`."""
        first = self.pending.request(None if incremental else area)
        if not incremental:
            self._display.wake()
        elif first:
            self._display.proceed()

    def push(self, *, continuous: bool) -> None:
        """Make updates that the viewer does not ask for one by one, or no longer do."""
        self.pending.push(continuous=continuous)

    def sent(self) -> None:
        """All that was delivered has been sent."""
        self.pending.sent()

    def leave(self) -> None:
        """Make and keep nothing any more."""
        self.pending.leave()

    def answer(self, payload: bytes) -> None:
        """Take the viewer's answer to a fence."""
        if self._sender.answered(payload):
            self._display.proceed()

    def deliver(self, update: Update) -> None:
        """Send an update that was claimed and made."""
        try:
            self._hand_over(update)
        except ProtocolError as error:
            self._end(Ending(Cause.PROTOCOL_ERROR, str(error)))
        finally:
            self.pending.deliver(update)
        if not update.data:
            # The capture loop may have asked for the viewer meanwhile, and nothing is sent that
            # would tell it of the end of this one.
            self._display.proceed()

    def _hand_over(self, update: Update) -> None:
        self._desktop_size.tell(update.state.framebuffer.size)
        self._viewer.showed(exact=update.exact)
        if update.data:
            self._viewer.updated()
            self._sender.send(update.data)

    def watch(self, now: float, stall: float) -> Ending | None:
        """Look for a viewer that does not draw what it is sent.

        It gets no more video for a while, and after `stall` seconds the Ending that is returned.
        """
        congestion = self._sender.congestion
        self._sender.look(now)
        if congestion.silence(now) > stall:
            return Ending(Cause.VIEWER_STALLED, f"the viewer drew nothing for {stall:g} s")
        if self._preferences.video and self._draws_nothing(now):
            self._video_again = now + WITHOUT_VIDEO
            congestion.forgive()
            self._update_preferences(now)
            self._redraw()
        elif self._video_again and now > self._video_again:
            self._video_again = 0.0
            self._update_preferences(now)
        return None

    @property
    def out(self) -> bool:
        """Whether the link is or has just been out: `watch` is to be called more often."""
        return self._sender.out

    def _draws_nothing(self, now: float) -> bool:
        """Whether a viewer is late with its answers by a fault of its own."""
        overdue = self._sender.congestion.overdue(now)
        if overdue <= SPEECHLESS:
            return False
        reads = self._sender.reads_since(now - overdue)
        return reads or overdue > SPEECHLESS_AT_ALL

    def _redraw(self) -> None:
        self.pending.redraw(Rectangle.of(self._desktop_size.told))
        self._display.wake()

    def _update_preferences(self, now: float) -> None:
        video = self._display.video and now >= self._video_again
        self._preferences = EncodingPreferences.of(
            self._encodings, self._pixel_format, video=video, watching=self.pending.watching
        )
        self.pending.prefer(self._preferences)
        self._viewer.agreed(self._preferences.codec)
