"""A small window in Qt in the upper left corner, from which a file can be dragged, once.

Its arguments are paths. Prints what became of the drag.
"""

import sys
from typing import Any

from PyQt6.QtCore import QMimeData, Qt, QUrl
from PyQt6.QtGui import QDrag
from PyQt6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(path) for path in sys.argv[1:]])
        drag = QDrag(self)
        drag.setMimeData(data)
        print(drag.exec(Qt.DropAction.CopyAction).name, flush=True)
        QApplication.quit()


application = QApplication(sys.argv)
source = Source("drag me")
source.setWindowTitle("drag me")
# No window manager moves it, and none puts it below another window.
source.setWindowFlags(Qt.WindowType.X11BypassWindowManagerHint)
source.setGeometry(0, 0, 100, 40)
source.show()
source.raise_()
application.exec()
