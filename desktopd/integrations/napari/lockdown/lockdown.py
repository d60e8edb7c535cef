"""Takes from a viewer the ways to a console and to other folders: menus, shortcuts, dialogs, files.

Nothing of napari's files or settings changes. Tested by tests/browser/test_lockdown.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from desktopd.integrations.napari.lockdown.dialogs import confine_dialogs
from desktopd.integrations.napari.lockdown.everywhere import replace_everywhere
from desktopd.integrations.napari.lockdown.inside import Inside

COMMANDS = frozenset(
    {
        "napari.window.toggle_window_console",
        "napari.window.plugins.plugin_install_dialog",
        "napari.window.file.restart",
        "napari.window.debug.start_trace_dialog",
    }
)
CONSOLE = "napari:toggle_console_visibility"


def lock_down(viewer: Any, inside: Inside) -> None:
    """Leave this viewer no console, and what is `inside` alone; dialogs show its first folder."""
    _hide_console(viewer)
    _forget_commands()
    _guard_files(inside)
    confine_dialogs(inside)


def _hide_console(viewer: Any) -> None:
    from napari._qt.qt_viewer import QtViewer
    from napari.utils.action_manager import action_manager

    QtViewer.toggle_console_visibility = _nothing
    QtViewer._get_console = _nothing
    action_manager.unbind_shortcut(CONSOLE)
    shown = viewer.window._qt_viewer
    shown.viewerButtons.consoleButton.hide()
    shown.dockConsole.hide()
    # The window's own menu of docks has it too.
    shown.dockConsole.toggleViewAction().setVisible(False)


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _forget_commands() -> None:
    """Take them out of the menus and of the command palette."""
    from napari._app_model import get_app_model

    menus = get_app_model().menus
    changed = set()
    for menu, items in menus._menu_items.items():
        for item in [one for one in items if _command(one) in COMMANDS]:
            del items[item]
            changed.add(menu)
    menus.menus_changed.emit(changed)


def _command(item: Any) -> str | None:
    return getattr(getattr(item, "command", None), "id", None)


def _guard_files(inside: Inside) -> None:
    """Refuse what is read or written elsewhere, whichever way it was asked for."""
    from napari.components import LayerList, ViewerModel
    from napari.utils import io
    from npe2 import io_utils

    ViewerModel.open = _guarded(ViewerModel.open, inside, 1)
    LayerList.save = _guarded(LayerList.save, inside, 1)
    replace_everywhere(io.imsave, _guarded(io.imsave, inside, 0))
    # A layer that is one of several names its file itself.
    replace_everywhere(io_utils._write, _guarded(io_utils._write, inside, 0))


def _guarded(method: Callable[..., Any], inside: Inside, place: int) -> Callable[..., Any]:
    """`method` for paths inside alone, which it takes as argument number `place` or ``path``."""

    @wraps(method)
    def guarded(*arguments: Any, **named: Any) -> Any:
        given = arguments[place] if len(arguments) > place else named.get("path")
        inside.check(given)
        return method(*arguments, **named)

    guarded.is_guarded = True  # type: ignore[attr-defined]
    return method if getattr(method, "is_guarded", False) else guarded
