"""Which of two scenes rests first that changed together, one during a drag that has ended."""

from __future__ import annotations

from functools import partial

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QApplication

from desktopd.integrations.napari.motion.rest import Rest

WITHIN = 20_000  # ms

app = QApplication([])
settled: list[str] = []


def settle(name: str) -> None:
    settled.append(name)
    if len(settled) == 2:
        app.quit()


still, dragged = (Rest(lambda: None, partial(settle, name)) for name in ("still", "dragged"))
for rest in (still, dragged):
    rest.changed()
    rest.await_()
dragged.released()
QTimer.singleShot(WITHIN, app.quit)
app.exec()
print(*settled)
