"""The display as one viewer's connection sees it; shared_display has the real one.

Protocols alone, which mypy tests: what a viewer needs of a display, not what it does with it.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

from desktopd.geometry import Size
from desktopd.rfb.encoders.cursor import CursorShape
from desktopd.rfb.protocol.rectangles import Led
from desktopd.rfb.server.seat import Seat
from desktopd.rfb.server.watchers_queues import WatchersQueues
from desktopd.rfb.server.watchers_room import WatchersRooms
from desktopd.rfb.viewers.viewer import Viewer


class ResizableDisplay(Protocol):
    """A screen that viewers may resize."""

    @property
    def size(self) -> Size:
        """What the screen has now."""

    @property
    def scale(self) -> float | None:
        """How large programs draw; None where that cannot be chosen."""

    async def resize(self, viewer: Viewer, size: Size, scale: float | None) -> None:
        """Resize the screen for a viewer; it has its new size on return.

        Programs draw at `scale` then, or as before where it is None. Raises DisplayUnavailable.
        """

    def is_sized_by_viewer(self) -> bool:
        """Whether it was a viewer that changed the size last."""


class DisplayClipboard(Protocol):
    """A clipboard that viewers share with the applications."""

    def clipboard_text(self) -> str:
        """What is there to be pasted."""

    def copy(self, text: str) -> None:
        """Offer what a viewer has copied."""


class ClientDisplay(ResizableDisplay, DisplayClipboard, Protocol):
    """A display, for one viewer as for all. The loop calls everything here."""

    @property
    def name(self) -> str:
        """The title of the desktop."""

    @property
    def watchers_rooms(self) -> WatchersRooms:
        """What those who may only watch from one address share."""

    @property
    def watchers_queues(self) -> WatchersQueues:
        """What waits for them."""

    @property
    def video(self) -> bool:
        """Whether there is an encoder for video."""

    @property
    def cursor(self) -> CursorShape:
        """The pointer's shape."""

    @property
    def leds(self) -> Led:
        """The keyboard's locks."""

    def wake(self) -> None:
        """Have the capture loop look at every viewer: one wants something that it did not."""

    def proceed(self) -> None:
        """Wake the capture loop if it waits for a viewer: one may be able to take more."""

    def used(self, viewer: Viewer) -> None:
        """The user of a viewer has typed or pointed."""

    def seat(self) -> Seat:
        """A keyboard and a pointer for one viewer."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` besides, no longer than the display lasts; a failure is logged."""
