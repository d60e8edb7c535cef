"""A Qt program that writes down how large it draws: its main window, and one that floats."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication, QLabel

application = QApplication(sys.argv)
label = QLabel("scale")
label.show()
floating = QLabel("floating")
floating.resize(300, 200)
floating.show()
told = Path(sys.argv[1])


def tell() -> None:
    ratio = label.devicePixelRatioF()
    # What Qt takes its window to be, and what it lays out in it.
    fits = all(one.size() == one.windowHandle().size() for one in (label, floating))
    told.write_text(f"{ratio} {round(label.fontMetrics().height() * ratio)} {fits}")


def work() -> None:
    """What holds it up while the scale changes."""
    time.sleep(0.4)


busy = QTimer(interval=500)
busy.timeout.connect(work)
busy.start()
timer = QTimer(interval=50)
timer.timeout.connect(tell)
timer.start()
sys.exit(application.exec())
