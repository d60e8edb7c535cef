"""What the RFB servers need of the session that they show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from desktopd.geometry import Size


class ShownDisplay(Protocol):
    """A running X display: `name` such as ``:7``, `authority` is the path of its cookie file."""

    @property
    def name(self) -> str:
        """For the environment variable DISPLAY."""

    @property
    def authority(self) -> str:
        """For the environment variable XAUTHORITY."""


class ShownStatus(Protocol):
    """The session at one moment."""

    @property
    def display(self) -> ShownDisplay | None:
        """The display that is running."""


class ShownSession(Protocol):
    """A session, of which `resize` and `set_clipboard` may raise DisplayUnavailable."""

    @property
    def status(self) -> ShownStatus:
        """The session at this moment."""

    @property
    def rfb_target(self) -> Path:
        """The unix socket where viewers of this machine look for the RFB server."""

    @property
    def clipboard_text(self) -> str:
        """What is there to be pasted."""

    @property
    def scale(self) -> float | None:
        """How large programs draw, 1 for the setting `dpi`; None where others rule that."""

    async def resize(self, size: Size, scale: float | None = None) -> Size:
        """Resize the screen; the size that it now has.

        Programs draw at `scale` then, or as before where it is None.
        """

    async def set_clipboard(self, text: str) -> None:
        """Offer `text` to be pasted; ValueError when it is too long."""

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` at each change of `status`; returns how to end that."""

    def on_clipboard(self, handler: Callable[[str], None]) -> Callable[[], None]:
        """Call `handler` with what an application has copied; returns how to end that."""
