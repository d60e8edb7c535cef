"""A text in Qt over the whole screen.

Keeps its content in the file that is named, with each change.
"""

import sys
from pathlib import Path

from PyQt6.QtWidgets import QApplication, QPlainTextEdit

application = QApplication(sys.argv)
edit = QPlainTextEdit()
place = Path(sys.argv[1])


def keep() -> None:
    new = place.with_suffix(".new")
    new.write_text(edit.toPlainText())
    new.replace(place)


edit.textChanged.connect(keep)
edit.showMaximized()
application.exec()
