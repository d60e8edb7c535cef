"""A Qt program that writes down how large it draws, whenever that changes."""

from __future__ import annotations

import sys
from pathlib import Path

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication, QLabel

application = QApplication(sys.argv)
label = QLabel("scale")
label.show()
told = Path(sys.argv[1])


def tell() -> None:
    ratio = label.devicePixelRatioF()
    told.write_text(f"{ratio} {round(label.fontMetrics().height() * ratio)}")


timer = QTimer(interval=50)
timer.timeout.connect(tell)
timer.start()
sys.exit(application.exec())
