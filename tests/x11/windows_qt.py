"""A Qt program with a main window and a second one, as matplotlib opens it for a figure."""

from __future__ import annotations

import sys

from qtpy.QtWidgets import QApplication, QLabel, QMainWindow


def window(title: str, width: int, height: int) -> QMainWindow:
    shown = QMainWindow()
    shown.setWindowTitle(title)
    shown.setCentralWidget(QLabel(title))
    shown.resize(width, height)
    shown.show()
    return shown


application = QApplication(sys.argv)
windows = [window("first", 500, 400), window("second", 640, 480)]
sys.exit(application.exec())
