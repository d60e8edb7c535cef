"""A window of Qt, in which Space is held, and which gets each event of X by itself.

Ends with an error where its widget is told something else than it should be.
"""

import os
import socket
import time
from pathlib import Path

from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QApplication, QWidget
from Xlib import X
from Xlib.ext import xtest
from Xlib.protocol.event import KeyPress, KeyRelease

from desktopd.integrations.napari.held_keys import LOOK, HeldKeys
from desktopd.x11.handshake import shake_hands

SPACE = 65
WITHIN = 20
QUIET = 0.1
"""Seconds in which a window has got what was sent to it."""


class Field(QWidget):
    """Notes how its keys are told."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[str] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        self.got.append("press again" if event.isAutoRepeat() else "press")

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        self.got.append("release again" if event.isAutoRepeat() else "release")

    def gets(self, *wanted: str) -> None:
        """Wait for this, and for nothing more."""
        end = time.monotonic() + WITHIN
        while self.got != list(wanted):
            assert time.monotonic() < end, (self.got, wanted)
            QApplication.processEvents()
        turn(QUIET)
        assert self.got == list(wanted)
        self.got.clear()


def turn(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QApplication.processEvents()


def main() -> None:
    application, field = QApplication([]), Field()
    authority, connected = Path(os.environ["XAUTHORITY"]), socket.socket(socket.AF_UNIX)
    display = shake_hands(os.environ["DISPLAY"], authority, connected, WITHIN)
    field.resize(200, 100)
    field.show()
    field.setFocus()
    display.change_keyboard_control(auto_repeat_mode=X.AutoRepeatModeOff)
    while not field.windowHandle().isExposed():
        application.processEvents()
    window = display.create_resource_object("window", int(field.winId()))
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    display.sync()
    while not field.isActiveWindow():
        application.processEvents()
    held = HeldKeys()

    def x(kind: int) -> None:
        xtest.fake_input(display, kind, SPACE)
        display.sync()

    def tell(kind: type, moment: int) -> None:
        """Send one half of a repeat, and let Qt have it before it hears of the other."""
        places = {"root_x": 0, "root_y": 0, "event_x": 0, "event_y": 0}
        windows = {"root": display.screen().root, "window": window, "child": X.NONE}
        window.send_event(
            kind(detail=SPACE, time=moment, state=0, same_screen=1, **places, **windows)
        )
        display.sync()
        end = time.monotonic() + WITHIN
        # A release is kept back until its press comes.
        while (kind is KeyRelease) != (held._kept is not None):
            assert time.monotonic() < end, kind
            application.processEvents()

    x(X.KeyPress)
    field.gets("press")
    for moment in (5, 6, 7):
        tell(KeyRelease, moment)
        tell(KeyPress, moment)
    field.gets(*["press again"] * 3)
    # Another moment: it has been let go of and pressed again, before Qt came to the first half.
    tell(KeyRelease, 8)
    tell(KeyPress, 9)
    field.gets("release", "press")
    # No press follows, and X's own release is another one.
    tell(KeyRelease, 10)
    turn(3 * LOOK / 1000)
    field.gets()
    x(X.KeyRelease)
    field.gets("release", "release")
    held.deleteLater()


if __name__ == "__main__":
    main()
