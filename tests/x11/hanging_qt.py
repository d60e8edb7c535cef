"""A Qt program whose GUI thread is busy for as many seconds as it reads from a named pipe.

Or, where that is ``wait``, waits until it reads something else.
"""

from __future__ import annotations

import os
import select
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
    order = os.read(pipe, 100)
    if order == b"wait":
        select.select([pipe], [], [])
        os.read(pipe, 100)
        return
    until = time.monotonic() + float(order)
    while time.monotonic() < until:
        pass


notifier = QSocketNotifier(pipe, QSocketNotifier.Type.Read)
notifier.activated.connect(obey)
sys.exit(application.exec())
