"""What the one who speaks with a viewer needs of the display that is shown."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

from desktopd.geometry import Size
from desktopd.rfb.encoders.cursor import CursorShape
from desktopd.rfb.protocol.server_messages import Led
from desktopd.rfb.server.seat import Seat


class ClientDisplay(Protocol):
    """A display, for one viewer as for all."""

    @property
    def name(self) -> str:
        """The title of the desktop."""

    @property
    def video(self) -> bool:
        """Whether there is an encoder for video."""

    @property
    def size(self) -> Size:
        """Of the screen."""

    @property
    def cursor(self) -> CursorShape:
        """The pointer's shape."""

    @property
    def leds(self) -> Led:
        """The keyboard's locks."""

    def wake(self) -> None:
        """Something is to be sent, even if nobody has waited for it; from any thread."""

    def proceed(self) -> None:
        """A peer may be able to take what it has waited for; from any thread."""

    def seat(self) -> Seat:
        """A keyboard and a pointer for one viewer."""

    async def resize(self, size: Size) -> None:
        """Resize the screen for a viewer. Raises DisplayUnavailable."""

    def is_sized_by_viewer(self) -> bool:
        """Whether it was a viewer that changed the size last."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` besides, no longer than the display lasts."""

    def clipboard_text(self) -> str:
        """What is there to be pasted."""

    def copy(self, text: str) -> None:
        """A viewer has copied a text."""
