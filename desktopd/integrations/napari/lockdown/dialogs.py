"""Keeps Qt's file dialogs, of napari and its plugins alike, in the folders that may be seen.

Tested by tests/browser/test_lockdown.py.
"""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import QEvent, QObject, Qt, QUrl
from qtpy.QtWidgets import (
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFileSystemModel,
    QLineEdit,
    QWidget,
)

from desktopd.integrations.napari.lockdown.inside import Inside

CONFINED = "desktopd_confined"
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
PRESSING = (*ENTER, Qt.Key.Key_Space, Qt.Key.Key_Select)
PRESSES = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.Shortcut,
)
ANSWERS = (
    *("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"),
    *("getOpenFileUrl", "getOpenFileUrls", "getSaveFileUrl", "getExistingDirectoryUrl"),
    *("selectedFiles", "selectedUrls"),
)


def confine_dialogs(inside: Inside) -> None:
    """Confine each dialog as it gets the focus, which is before anybody can use it."""
    application: Any = QApplication.instance()
    # One of the platform would not be Qt's to confine.
    application.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)

    def look(*_: Any) -> None:
        for widget in application.topLevelWidgets():
            if isinstance(widget, QFileDialog) and not widget.property(CONFINED):
                widget.setProperty(CONFINED, True)
                _confine(widget, inside)

    application.focusWindowChanged.connect(look)
    _check_answers(inside)


def _check_answers(inside: Inside) -> None:
    """Whichever way a name was taken: what a dialog answers is inside, or as if nothing was chosen.

    A second time, for another viewer, does no harm.
    """

    def kept(answer: Any) -> Any:
        if isinstance(answer, tuple):
            return (kept(answer[0]), *answer[1:])
        if isinstance(answer, list):
            return [one for one in answer if kept(one)]
        name = answer.toLocalFile() if isinstance(answer, QUrl) else answer
        return answer if name in inside else type(answer)()

    for name in ANSWERS:
        ask = getattr(QFileDialog, name)

        def checked(*arguments: Any, ask: Any = ask, **named: Any) -> Any:
            return kept(ask(*arguments, **named))

        setattr(QFileDialog, name, staticmethod(checked) if name.startswith("get") else checked)


def _confine(dialog: Any, inside: Inside) -> None:
    def stay(folder: str) -> None:
        if folder not in inside:
            dialog.setDirectory(str(inside.folders[0]))

    # It renames, deletes and makes folders by itself, also under names that are refused elsewhere.
    dialog.setOption(QFileDialog.Option.ReadOnly, True)
    dialog.setSidebarUrls([QUrl.fromLocalFile(str(folder)) for folder in inside.folders])
    dialog.setHistory([])
    stay(dialog.directory().absolutePath())
    # Whichever way another folder comes to be shown.
    dialog.findChild(QFileSystemModel).rootPathChanged.connect(stay)
    # It lists all folders up to the root of the file system.
    dialog.findChild(QComboBox, "lookInCombo").setEnabled(False)
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    # It would tell the names of files elsewhere.
    name.setCompleter(None)
    _Name(dialog, name, inside)


class _Name(QObject):  # type: ignore[misc]  # Qt is not typed here
    """What is typed for a name; Enter and the button do nothing with one that lies elsewhere."""

    def __init__(self, dialog: Any, field: Any, inside: Inside) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._field = field
        self._inside = inside
        self._buttons = dialog.findChild(QDialogButtonBox)
        # Enter comes to the button from wherever the focus is.
        for widget in (dialog, *dialog.findChildren(QWidget)):
            widget.installEventFilter(self)

    def _accepting(self) -> list[Any]:
        role, accepts = self._buttons.buttonRole, QDialogButtonBox.ButtonRole.AcceptRole
        return [button for button in self._buttons.buttons() if role(button) == accepts]

    def eventFilter(self, watched: Any, event: Any) -> bool:  # noqa: N802
        """Keep back what would accept the name: Enter, and all that presses a button."""
        if not self._accepts(watched, event):
            return False
        shown = self._dialog.directory().absolutePath()
        return not self._inside.typed(self._field.text(), shown)

    def _accepts(self, watched: Any, event: Any) -> bool:
        kind = event.type()
        if kind == QEvent.Type.KeyPress:
            key = event.key()
            return key in ENTER or (key in PRESSING and watched in self._accepting())
        return kind in PRESSES and watched in self._accepting()
