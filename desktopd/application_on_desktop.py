"""The application of a session: what the room `applications` can ask of the desktop it is on.

Tested by tests/x11/test_opening.py and tests/browser/test_companion.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from desktopd.applications.application import Application
from desktopd.applications.command import is_napari
from desktopd.applications.companion import CompanionClient
from desktopd.applications.errors import CannotOpen
from desktopd.applications.opening import Opening
from desktopd.config import Loaded
from desktopd.errors import DisplayUnavailable
from desktopd.options import allowed_to_open, companion_place
from desktopd.session.errors import LaunchError
from desktopd.session.session import Session
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.negotiation import DropResult


def session_application(loaded: Loaded, session: Session) -> Application:
    """The application that `session` runs, with a companion where it is napari."""
    settings = loaded.settings
    place = companion_place(loaded) if is_napari(settings.app) else None
    companion = CompanionClient(place.socket) if place else None
    desktop = _Desktop(session)
    opening = Opening(
        allowed_to_open(settings), companion, settings.app_open, desktop.launch, desktop.drop
    )
    application = Application(
        lambda: session.status.application,
        session.restart_application,
        opening,
        companion,
        place.last_words if place else None,
        place.session.parent if place else None,
    )
    session.on_change(application.note_process)
    return application


class _Desktop:
    """The ways to open something that need no companion."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def launch(self, argv: Sequence[str]) -> None:
        try:
            await self._session.launch(argv)
        except LaunchError as error:
            raise CannotOpen(f"app_open: {error}") from None

    async def drop(self, paths: Sequence[Path]) -> None:
        display = self._session.status.display
        if display is None:
            raise DisplayUnavailable("the display is not running")
        content = Content.of_files(tuple(paths))
        middle = display.size.width // 2, display.size.height // 2
        result = await self._session.drop(*middle, content)
        if result is not DropResult.ACCEPTED:
            raise CannotOpen(f"the window in the middle of the desktop takes no drop ({result})")
