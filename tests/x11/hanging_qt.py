"""A Qt program that keeps its GUI thread busy for as many seconds as it reads from a named pipe."""

from __future__ import annotations

import os
import sys
import time

from qtpy.QtCore import QSocketNotifier
from qtpy.QtWidgets import QApplication, QLabel

application = QApplication(sys.argv)
label = QLabel("hello")
label.resize(300, 200)
label.show()
# Read and write, so that the pipe has no end when a writer has left.
pipe = os.open(sys.argv[1], os.O_RDWR | os.O_NONBLOCK)


def obey() -> None:
    until = time.monotonic() + float(os.read(pipe, 100))
    while time.monotonic() < until:
        pass


notifier = QSocketNotifier(pipe, QSocketNotifier.Type.Read)
notifier.activated.connect(obey)
sys.exit(application.exec())
