"""python-xlib 0.33 made fit for a program that meets several X servers in its life.

By itself it keeps opcodes, event classes and error classes on a class, where the connections to two
servers overwrite each other; it takes cookies only from the file in ``$XAUTHORITY``; and it enters
RandR's errors under the codes of BadRequest and BadValue. Importing this module puts that right
for connections that are opened by an `Address`. Tested by tests/x11/test_connection.py.
"""

from __future__ import annotations

import socket
from typing import Any, TypeAlias

from Xlib import display as xdisplay
from Xlib import error
from Xlib.ext import randr
from Xlib.protocol import event
from Xlib.support import connect

Display: TypeAlias = xdisplay.Display

MAGIC_COOKIE = b"MIT-MAGIC-COOKIE-1"


class Address(str):
    """The name of a display, with the connected socket and the cookie to use for it."""

    connected: socket.socket
    cookie: bytes

    def __new__(cls, name: str, connected: socket.socket, cookie: bytes) -> Address:
        """Without a `cookie` (empty), the server must admit everybody."""
        address = super().__new__(cls, name)
        address.connected = connected
        address.cookie = cookie
        return address


class _Engine(xdisplay._BaseDisplay):  # type: ignore[misc]  # python-xlib is not typed
    def __init__(self, name: str | None = None) -> None:
        self.extension_major_opcodes: dict[str, int] = {}
        self.event_classes = dict(event.event_class)
        self.error_classes = dict(error.xerror_class)
        super().__init__(name)

    def add_extension_error(self, code: int, kind: type) -> None:
        if issubclass(kind, error.XError):
            super().add_extension_error(code, kind)


def open_display(address: Address) -> Display:
    """Shake hands with the X server (blocks) and load python-xlib's extensions."""
    display = xdisplay.Display(address)
    if extension := display.query_extension(randr.extname):
        for offset, name in enumerate(("BadRROutput", "BadRRCrtc", "BadRRMode")):
            kind = type(name, (error.XError,), {})
            display.extension_add_error(extension.first_error + offset, kind)
    return display


_get_socket = connect.get_socket
_get_auth = connect.get_auth


def _socket_of(name: str, *parts: Any) -> socket.socket:
    if isinstance(name, Address):
        return name.connected
    return _get_socket(name, *parts)  # type: ignore[no-any-return]


def _auth_of(connected: socket.socket, name: str, *parts: Any) -> tuple[bytes, bytes]:
    if isinstance(name, Address):
        return (MAGIC_COOKIE if name.cookie else b"", name.cookie)
    return _get_auth(connected, name, *parts)  # type: ignore[no-any-return]


xdisplay._BaseDisplay = _Engine
connect.get_socket = _socket_of
connect.get_auth = _auth_of
