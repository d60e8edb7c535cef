"""What the HTTP room needs of a session, whoever runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from desktopd.geometry import Size
from desktopd.session.status import SessionStatus
from desktopd.x11.selections.clipboard import Offer
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.negotiation import DropResult


class ServedClipboard(Protocol):
    """The part of `desktopd.session.clipboard.SessionClipboard` that is served."""

    @property
    def offer(self) -> Offer:
        """What is to be pasted, as last seen."""

    @property
    def newest(self) -> int:
        """The serial of the last change, also while what was copied is being read."""

    def next_serial(self) -> int:
        """The serial of a copy that the user makes now, and that takes time to arrive."""

    async def put(self, content: Content, serial: int | None = None) -> Offer:
        """Have `content` to be pasted; ContentTooLarge, Superseded."""

    def on_offer(self, handler: Callable[[Offer], None]) -> Callable[[], None]:
        """Call `handler` with what an application copies; returns how to end that."""


class ServedSession(Protocol):
    """The part of `desktopd.session.session.Session` that is served.

    What needs the display may raise DisplayUnavailable.
    """

    @property
    def status(self) -> SessionStatus:
        """The session at this moment."""

    @property
    def clipboard(self) -> ServedClipboard:
        """What is to be pasted."""

    async def resize(self, size: Size, scale: float | None = None) -> Size:
        """Resize the screen, and have programs draw at `scale`; the size that it now has."""

    def expect_viewer(self) -> None:
        """A viewer has come, and may want another size."""

    async def screenshot(self) -> bytes:
        """The screen as PNG."""

    async def restart_application(self) -> None:
        """End the application and start it again."""

    async def activate_window(self, window: int) -> None:
        """Raise a window of `status` and give it the focus; NoSuchWindow."""

    async def close_window(self, window: int) -> None:
        """Ask the program of a window of `status` to close it; NoSuchWindow."""

    async def drop(self, x: int, y: int, content: Content) -> DropResult:
        """Drop `content` at a pixel of the screen; ContentTooLarge."""

    def on_dragged_out(self, handler: Callable[[Content], None]) -> Callable[[], None]:
        """Call `handler` with files and links that a program's drag has left the desktop with."""

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` at each change of `status`; returns how to end that."""
