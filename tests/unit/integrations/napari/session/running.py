"""A napari without a window, with Qt's loop alone, whose session is kept."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qtpy.QtCore import QCoreApplication

from desktopd.integrations.napari.changes import Changes
from desktopd.integrations.napari.main_thread import MainThread
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.keeper import Keeper
from tests.unit.integrations.napari.session.restoring import ViewerModel, restored

WITHIN = 60.0
Script = Callable[[Any], Any]


class Napari:
    """A process after the other, each killed before the next, with a viewer after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._application = QCoreApplication.instance() or QCoreApplication([])
        self.start()

    def start(self, script: Script | None = None) -> Any:
        """Have another process, in which a script makes layers; gives the lowest one."""
        self.begin()
        return self.show(script)

    def begin(self) -> None:
        """Have another process, in which is no viewer yet."""
        self.kill()
        self._main = MainThread()
        self.keeper = Keeper(self._main, self.folder)

    def show(self, script: Script | None = None) -> Any:
        """Have another viewer, in which a script makes layers; gives the lowest one."""
        self.viewer, changes = ViewerModel(), Changes(self._main)
        if script is not None:
            script(self.viewer)
        self.keeper.keep(self.viewer, changes, lambda: None)
        changes.follow(self.viewer)
        return next(iter(self.viewer.layers), None)

    def close(self) -> None:
        """Close the viewer, as its user does."""
        self.keeper._end()

    def kill(self) -> None:
        """End the process, which has lasted for a while."""
        if hasattr(self, "keeper") and self.keeper._autosave is not None:
            self._application.aboutToQuit.disconnect(self.keeper._end)
            self.keeper._autosave.stop()
            self.keeper._folder.tried()
            del self.keeper

    def save(self) -> str | None:
        """Why a save of everything fails; each layer is in one that does not."""
        saved = self.ask()
        assert saved["error"] or not saved["not_kept"]
        return saved["error"]  # type: ignore[no-any-return]

    def ask(self) -> dict[str, Any]:
        """Save everything; gives what is told of that."""
        asked = self.keeper.save()
        self.until(asked.done)
        return dict(asked.result()["saved"])

    def until(self, condition: Callable[[], bool]) -> None:
        """Run Qt's loop until something is so."""
        ends = time.monotonic() + WITHIN
        while not condition():
            assert time.monotonic() < ends
            self._application.processEvents()

    @property
    def missing(self) -> list[dict[str, str]]:
        """What is told not to be back."""
        told = self.keeper.state["restored"]
        return [] if told is None else list(told["missing"])

    def saved(self) -> Any:
        """The layers that would be there if this were the end of it."""
        folder = self.keeper._folder.folder
        return restored(SessionFolder(folder).load() or {}, Blocks(folder / "blocks"))[0].layers
