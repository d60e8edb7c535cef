"""Where napari's dialogs begin, without napari: what the functions that it asks answer then."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from desktopd.integrations.napari.folders import begin_in


@pytest.fixture
def dialogs(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of napari that has imported the histories by name."""
    module = ModuleType("napari.some_dialogs")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


def test_dialogs_begin_in_the_folder_until_their_user_has_been_elsewhere(
    dialogs: ModuleType, folder: Path
) -> None:
    folders = [str(Path.home())]
    dialogs.get_open_history = lambda: list(folders)  # type: ignore[attr-defined]
    dialogs.get_save_history = lambda: ["/elsewhere"]  # type: ignore[attr-defined]
    begin_in(folder)
    assert dialogs.get_open_history() == [str(folder)]
    assert dialogs.get_save_history() == ["/elsewhere"]
    folders[:] = ["/plates", str(Path.home())]
    assert dialogs.get_open_history() == ["/plates", str(Path.home())]


def test_a_napari_without_these_functions_stays_as_it_is(dialogs: ModuleType, folder: Path) -> None:
    dialogs.get_open_history = "no function any more"  # type: ignore[attr-defined]
    begin_in(folder)
    assert dialogs.get_open_history == "no function any more"
