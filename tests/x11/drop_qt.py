"""A window in Qt over the whole screen: its left half takes drops, its right half takes none.

Prints as JSON its size with each change of it, and what was dropped.
"""

import json
import sys
from typing import Any

from PyQt6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget


class Target(QLabel):
    def __init__(self) -> None:
        super().__init__("drop here")
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: Any) -> None:  # noqa: N802
        event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:  # noqa: N802
        if not event.mimeData().hasText():
            event.ignore()
            print(json.dumps({"ignored": event.mimeData().formats()}), flush=True)
            return
        data, place = event.mimeData(), event.position()
        dropped = {
            "at": [int(place.x()), int(place.y())],
            "formats": data.formats(),
            "text": data.text(),
            "html": data.html(),
            "urls": [url.toString() for url in data.urls()],
            "files": [url.toLocalFile() for url in data.urls()],
            "action": event.dropAction().name,
        }
        # napari opens what it gets, and leaves the event as it is.
        if dropped["text"] != "taken in silence":
            event.acceptProposedAction()
        print(json.dumps(dropped), flush=True)


class Window(QWidget):
    def resizeEvent(self, event: Any) -> None:  # noqa: N802
        print(json.dumps({"size": [self.width(), self.height()]}), flush=True)


application = QApplication(sys.argv)
window = Window()
halves = QHBoxLayout(window)
halves.setContentsMargins(0, 0, 0, 0)
halves.setSpacing(0)
for half in (Target(), QLabel("not here")):
    half.setMinimumWidth(1)
    halves.addWidget(half, 1)
window.showFullScreen()
application.exec()
