"""A line of text in Qt; prints as JSON what it holds, the shortcuts that it gets, and clicks."""

import json
import sys
from typing import Any

from PyQt6.QtCore import QEvent, QTimer
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QApplication, QLineEdit, QMainWindow

CLICK = {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
}


def tell(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


class Line(QLineEdit):
    """Leaves its own shortcuts to the window; a click leaves its cursor at the end."""

    def event(self, event: QEvent | None) -> bool:
        kind = event.type() if event else None
        if kind == QEvent.Type.ShortcutOverride:
            return False
        if kind == QEvent.Type.MouseButtonRelease:
            tell(click="")
        return kind in CLICK or super().event(event)


class Window(QMainWindow):
    """With a menu bar, which opens by Alt and a letter, or takes the keys by Alt alone."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("line of Qt")
        menus = self.menuBar()
        assert menus
        menu = menus.addMenu("&Hide")
        assert menu
        menu.addAction("&Important")
        menu.aboutToShow.connect(lambda: tell(shortcut="menu"))
        # Until then the menu has the keyboard for itself.
        menu.aboutToHide.connect(lambda: QTimer.singleShot(0, lambda: tell(shortcut="closed")))
        line = Line()
        line.textChanged.connect(lambda text: tell(text=text))
        self.setCentralWidget(line)
        line.setFocus()
        for letter in "ACSZ":
            shortcut = QShortcut(QKeySequence(f"Ctrl+{letter}"), self)
            shortcut.activated.connect(lambda letter=letter: tell(shortcut=f"Ctrl+{letter}"))


application = QApplication(sys.argv)
window = Window()
window.showMaximized()
tell(text="")
application.exec()
