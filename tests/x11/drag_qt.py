"""A small window in Qt in the upper left corner, from which files can be dragged.

Its arguments are paths. Prints when it is shown, and whether what is under the pointer would take
them.
"""

import sys
from typing import Any

from PyQt6.QtCore import QMimeData, Qt, QTimer, QUrl
from PyQt6.QtGui import QDrag
from PyQt6.QtWidgets import QApplication, QLabel

COPY, NONE = Qt.DropAction.CopyAction, Qt.DropAction.IgnoreAction


def tell(text: str) -> None:
    print(text, flush=True)


class Source(QLabel):
    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in sys.argv[1:]])
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.actionChanged.connect(lambda to: tell("refused" if to == NONE else "accepted"))
        drag.exec(COPY)

    def paintEvent(self, event: Any) -> None:  # noqa: N802
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: tell("shown"))


application = QApplication(sys.argv)
source = Source("drag me")
# No window manager moves it, and none puts it below another window.
source.setWindowFlags(Qt.WindowType.X11BypassWindowManagerHint)
source.setGeometry(0, 0, 100, 40)
source.show()
source.raise_()
application.exec()
