"""napari that writes down, several times a second, what of it its user has before him.

Its one argument is the file. Meant to be copied under the name of napari, by which it gets a
companion.
"""

from __future__ import annotations

import json
import sys
import tempfile
from itertools import count
from pathlib import Path

import napari
from napari._qt.dialogs import qt_notification
from napari._qt.dialogs.preferences_dialog import PreferencesDialog
from napari.settings import get_settings
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QAbstractItemView, QApplication, QFileDialog, QLabel, QToolButton

CONSOLES = ("napari_console", "qtconsole", "IPython", "napari_plugin_manager")
viewer = napari.Viewer()
place = Path(sys.argv[1])


def entries(menu: object) -> list[str]:
    """The texts of all entries that can be chosen, those of menus below too."""
    found = []
    for action in menu.actions():
        if action.menu():
            found += entries(action.menu())
        elif action.isVisible():
            found.append(action.text())
    return found


def listed(dialog: QFileDialog) -> dict[str, tuple[int, int]]:
    """Where on the screen the files are that a dialog shows."""
    places = {}
    for view in dialog.findChildren(QAbstractItemView):
        if view.isVisible() and view.objectName() in ("listView", "treeView"):
            model, root = view.model(), view.rootIndex()
            for row in range(model.rowCount(root)):
                index = model.index(row, 0, root)
                center = view.viewport().mapToGlobal(view.visualRect(index).center())
                places[index.data()] = (center.x(), center.y())
    return places


def note() -> None:
    window = viewer.window._qt_window
    shown = viewer.window._qt_viewer
    dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog)]
    dialogs = [one for one in dialogs if one.isVisible()]
    preferences = [w for w in QApplication.topLevelWidgets() if isinstance(w, PreferencesDialog)]
    told = {
        "turn": next(turns),
        "console": shown._console is not None or shown.dockConsole.isVisible(),
        "button": shown.viewerButtons.consoleButton.isVisible(),
        "entries": entries(window.menuBar()),
        "modules": [name for name in CONSOLES if sys.modules.get(name)],
        "debugger": getattr(getattr(qt_notification, "_debug_tb", None), "__module__", None),
        "layers": [layer.name for layer in viewer.layers],
        "dialog": dialogs[0].directory().absolutePath() if dialogs else None,
        "listed": listed(dialogs[0]) if dialogs else {},
        "makes folders": [d.findChild(QToolButton, "newFolderButton").isEnabled() for d in dialogs],
        "answers": answers,
        "preferences": [label.text() for one in preferences for label in one.findChildren(QLabel)],
        "start-up script": str(get_settings().application.startup_script),
        "aside": [url.toLocalFile() for url in dialogs[0].sidebarUrls()] if dialogs else [],
    }
    aside = place.with_suffix(".new")
    aside.write_text(json.dumps(told))
    aside.rename(place)


@viewer.bind_key("F9")
def ask(_: object) -> None:
    """Ask for a name as a plugin does."""
    answers.append(QFileDialog.getSaveFileName(None, "Save")[0])


@viewer.bind_key("F10")
def choose(_: object) -> None:
    """Name a start-up script as the dialog of preferences does."""
    get_settings().application.update({"startup_script": place, "playback_fps": 7})


@viewer.bind_key("F11")
def save(_: object) -> None:
    """Save layers, one with a name that leads elsewhere, as the dialog for several does."""
    viewer.layers.clear()
    aside = Path(tempfile.gettempdir(), "aside")
    for name in ("beside", str(aside)):
        viewer.add_points([[1, 2]], name=name)
    try:
        viewer.layers.save(str(place.parent / "both"))
    except PermissionError as error:
        answers.append(f"refused: {error}")
    finally:
        viewer.layers[1].name = "below"
        viewer.layers.save(str(place.parent / "both"))
        answers.append(f"aside: {aside.with_suffix('.csv').exists()}")


answers: list[str] = []
turns = count()
timer = QTimer()
timer.timeout.connect(note)
timer.start(200)
napari.run()
