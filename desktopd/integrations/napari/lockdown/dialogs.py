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
)

from desktopd.integrations.napari.lockdown.inside import Inside

CONFINED = "desktopd_confined"
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
PRESSES = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease)


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


def _confine(dialog: Any, inside: Inside) -> None:
    def stay(folder: str) -> None:
        if folder not in inside:
            dialog.setDirectory(str(inside.folders[0]))

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
        field.installEventFilter(self)
        for button in self._accepting():
            button.installEventFilter(self)

    def _accepting(self) -> list[Any]:
        role, accepts = self._buttons.buttonRole, QDialogButtonBox.ButtonRole.AcceptRole
        return [button for button in self._buttons.buttons() if role(button) == accepts]

    def eventFilter(self, watched: Any, event: Any) -> bool:  # noqa: N802
        """Keep back what would accept the name: Enter, and all that presses a button."""
        kind = event.type()
        if watched is self._field:
            accepts = kind == QEvent.Type.KeyPress and event.key() in ENTER
        else:
            accepts = kind in PRESSES
        shown = self._dialog.directory().absolutePath()
        return bool(accepts and not self._inside.typed(self._field.text(), shown))
