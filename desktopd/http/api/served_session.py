"""What the HTTP room needs of a session, whoever runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from desktopd.geometry import Size
from desktopd.session.status import SessionStatus


class ServedSession(Protocol):
    """The part of `desktopd.session.session.Session` that is served.

    What needs the display may raise DisplayUnavailable.
    """

    @property
    def status(self) -> SessionStatus:
        """The session at this moment."""

    @property
    def clipboard_text(self) -> str:
        """Text of the selection CLIPBOARD, as last seen."""

    async def resize(self, size: Size) -> Size:
        """Resize the screen; the size that it now has."""

    async def screenshot(self) -> bytes:
        """The screen as PNG."""

    async def restart_application(self) -> None:
        """End the application and start it again."""

    async def set_clipboard(self, text: str) -> None:
        """Own CLIPBOARD with `text`; ValueError when it is too long."""

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` at each change of `status`; returns how to end that."""

    def on_clipboard(self, handler: Callable[[str], None]) -> Callable[[], None]:
        """Call `handler` with what an application has copied; returns how to end that."""
