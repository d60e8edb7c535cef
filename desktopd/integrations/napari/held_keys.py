"""A key that is held, which Qt on a busy machine takes for one that is pressed again and again.

X repeats a key by a release and a press of one moment. Qt knows them for a repeat only if it has
read the press already when it comes to the release; else napari ends what is to last for as long
as the key is held, and begins it anew. Tested by tests/x11/test_held_keys.py.
"""

from __future__ import annotations

import ctypes
from typing import Any

from qtpy.QtCore import QCoreApplication, QEvent, QObject, QTimer
from qtpy.QtGui import QGuiApplication, QKeyEvent

LOOK = 200
"""Milliseconds after which X is asked again whether a key is down whose release is kept back."""
KEYS_AT = 8
"""Bytes of the reply to QueryKeymap (X11 protocol) before the 256 bits of the keys."""


class HeldKeys(QObject):  # type: ignore[misc]
    """Keeps a release back while X has the key down, until its press tells what it was.

    Raises OSError where Qt draws on no X server, or there is no libxcb.
    """

    def __init__(self) -> None:
        super().__init__()
        if QGuiApplication.platformName() != "xcb":
            raise OSError("Qt draws on no X server")
        self._keyboard = _Keyboard()
        self._kept: QKeyEvent | None = None
        self._window: QObject | None = None
        self._passing = False
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        QGuiApplication.instance().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - as Qt names it
        """Take what comes to a window, before its widgets get it."""
        if self._passing or not watched.isWindowType():
            return False
        kind = event.type()
        if kind == QEvent.Type.KeyRelease:
            self._let_go()
            if event.isAutoRepeat() or not self._keyboard.is_down(_key(event)):
                return False
            self._kept, self._window = event.clone(), watched
            self._timer.start(LOOK)
            return True
        if kind == QEvent.Type.KeyPress and self._kept is not None:
            kept = self._kept
            if (_key(event), event.timestamp()) == (_key(kept), kept.timestamp()):
                self._kept = None
                self._pass(watched, _repeated(event))
                return True
            self._let_go()
        return False

    def _look(self) -> None:
        """Let go of what is up by now; the press of what is down is on its way."""
        if self._kept is not None and self._keyboard.is_down(_key(self._kept)):
            self._timer.start(LOOK)
        else:
            self._let_go()

    def _let_go(self) -> None:
        """Hand on the release that was kept back: the key has been let go of."""
        kept, self._kept = self._kept, None
        if kept is not None and self._window is not None:
            self._pass(self._window, kept)

    def _pass(self, window: QObject, event: QKeyEvent) -> None:
        self._passing = True
        try:
            QCoreApplication.sendEvent(window, event)
        finally:
            self._passing = False


def _key(event: Any) -> int:
    """X's keycode."""
    return int(event.nativeScanCode())


def _repeated(press: Any) -> QKeyEvent:
    return QKeyEvent(
        press.type(),
        press.key(),
        press.modifiers(),
        press.nativeScanCode(),
        press.nativeVirtualKey(),
        press.nativeModifiers(),
        press.text(),
        True,
        press.count(),
    )


class _Keyboard:
    """The keys of X, asked for by libxcb, which Qt uses too, on a connection of its own."""

    def __init__(self) -> None:
        library, pointer = ctypes.CDLL("libxcb.so.1"), ctypes.c_void_p
        library.xcb_connect.restype = pointer
        library.xcb_connection_has_error.argtypes = [pointer]
        self._ask = library.xcb_query_keymap
        self._ask.argtypes, self._ask.restype = [pointer], ctypes.c_uint
        self._reply = library.xcb_query_keymap_reply
        self._reply.argtypes, self._reply.restype = [pointer, ctypes.c_uint, pointer], pointer
        self._free = ctypes.CDLL(None).free
        self._free.argtypes = [pointer]
        self._connection = library.xcb_connect(None, None)
        if library.xcb_connection_has_error(self._connection):
            raise OSError("the X server of DISPLAY takes no connection")

    def is_down(self, keycode: int) -> bool:
        """Whether X has a key down, as soon as it answers (QueryKeymap)."""
        reply = self._reply(self._connection, self._ask(self._connection), None)
        if not reply:
            return False
        try:
            keys = ctypes.string_at(reply + KEYS_AT, 32)
            return bool(keys[keycode // 8 % 32] >> keycode % 8 & 1)
        finally:
            self._free(reply)
