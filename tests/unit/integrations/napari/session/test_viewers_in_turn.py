"""Sessions of a script that opens one viewer after the other, each until its user closes it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.unit.integrations.napari.session.test_keeper import save

QtCore = pytest.importorskip("qtpy.QtCore")

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("readings")]


class Script:
    """One process of it: which image it shows, and what is painted there."""

    def __init__(self, keeper: Any, main: Any) -> None:
        self.keeper = keeper
        self._main = main

    def show(self, number: int) -> int:
        """Show an image in a new viewer; gives how much is painted."""
        from napari.components import ViewerModel

        from desktopd.integrations.napari.changes import Changes

        self.viewer = ViewerModel()
        self.viewer.add_image(np.full((9, 9), number), name="img")
        self.viewer.add_labels(np.zeros((9, 9), int), name="lab")
        changes = Changes(self._main)
        self.keeper.keep(self.viewer, changes, lambda: None)
        changes.follow(self.viewer)
        assert (self.viewer.layers["img"].data == number).all()
        return int(self.viewer.layers["lab"].data.sum())

    def paint(self, label: int) -> None:
        self.viewer.layers["lab"].data[0, 0] = label
        assert save(self.keeper)["error"] is None

    def close(self) -> None:
        """Close the viewer, as its user does."""
        self.keeper._end()

    @property
    def missing(self) -> list[str]:
        restored = self.keeper.state["restored"]
        return [] if restored is None else [one["name"] for one in restored["missing"]]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Script]]:
    """Starts the script, the one before having been killed."""
    from desktopd.integrations.napari import main_thread
    from desktopd.integrations.napari.session import keeper as keeper_module

    # A lock would be this process's until it ends.
    monkeypatch.setattr(keeper_module, "claim", lambda folder: folder)
    application = QtCore.QCoreApplication.instance() or QtCore.QCoreApplication([])
    scripts: list[Script] = []

    def kill() -> None:
        for script in scripts:
            application.aboutToQuit.disconnect(script.keeper._end)
            script.keeper._autosave.stop()
            script.keeper._folder.tried()
        scripts.clear()

    def begin() -> Script:
        kill()
        main = main_thread.MainThread()
        scripts.append(Script(keeper_module.Keeper(main, tmp_path / "session"), main))
        return scripts[-1]

    yield begin
    kill()


Start = Callable[[], Script]


def until_the_second(start: Start) -> None:
    """Have the script killed when something is painted on its second image."""
    script = start()
    assert script.show(1) == 0
    script.paint(100)
    script.close()
    assert script.show(2) == 0
    script.paint(200)


def test_a_session_goes_into_the_viewer_that_it_is_of(start: Start) -> None:
    until_the_second(start)
    script = start()
    assert (script.show(1), script.missing) == (0, ["session"])
    script.close()
    assert (script.show(2), script.missing) == (200, [])
    script.close()
    # Its user has ended both.
    script = start()
    assert (script.show(1), script.missing) == (0, [])
    script.close()
    assert (script.show(2), script.missing) == (0, [])


def test_a_session_waits_through_other_ends(start: Start) -> None:
    until_the_second(start)
    for painted in (0, 7, 8):
        script = start()
        assert (script.show(1), script.missing) == (painted, ["session"])
        script.paint(max(7, painted + 1))
    script = start()
    assert script.show(1) == 9
    script.close()
    script = start()
    assert script.show(1) == 0
    script.close()
    assert script.show(2) == 200


def test_a_script_that_leaves_out_what_is_done_goes_on(start: Start) -> None:
    until_the_second(start)
    script = start()
    assert (script.show(2), script.missing) == (200, [])
    script.close()
    assert script.show(3) == 0
    script.paint(300)
    script = start()
    assert (script.show(3), script.missing) == (300, [])
