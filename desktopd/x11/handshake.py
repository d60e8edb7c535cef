"""How a connection to an X server begins: its socket, its cookie, and what may go wrong.

Tested with the connection itself by tests/x11/test_connection.py.
"""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

from Xlib import error

from desktopd.x11.authority import read_cookie
from desktopd.x11.errors import XError
from desktopd.x11.xlib_patches import Address, Display, open_display

# python-xlib waits by select(2), which knows no higher descriptors.
_DESCRIPTORS = 1024


def shake_hands(
    name: str, authority: Path | None, connected: socket.socket, timeout: float
) -> Display:
    """In the X thread: connect the socket, within `timeout` seconds, and open the display on it.

    Raises XError, which tells whether the server is not there or refuses.
    """
    match = re.fullmatch(r"(?:unix)?:(\d{1,9})(?:\.\d+)?", name)
    if match is None:
        raise XError(f"display {name!r}: expected the number of a local display, e.g. :7")
    if connected.fileno() >= _DESCRIPTORS:
        raise XError(f"X {name}: needs a file descriptor below {_DESCRIPTORS}, and all are in use")
    number = int(match[1])
    cookie = read_cookie(authority, number) if authority else b""
    try:
        connected.settimeout(timeout)
        _connect(connected, f"/tmp/.X11-unix/X{number}")
        connected.setblocking(True)
        return open_display(Address(name, connected, cookie))
    except OSError as failure:
        raise XError(f"X {name} cannot be reached: {failure}") from failure
    except error.DisplayConnectionError as refusal:
        reason = refusal.msg.decode(errors="replace") if refusal.msg else "no reason given"
        raise XError(f"X {name} refused the connection: {reason.strip()}") from refusal
    except error.ConnectionClosedError as closed:
        raise XError(f"X {name}: {closed}") from closed


def _connect(connected: socket.socket, path: str) -> None:
    """To the socket in the file system or, where there is none, to the abstract one.

    One of another user could be there to get the cookie.
    """
    try:
        if os.lstat(path).st_uid not in (0, os.getuid()):
            raise FileNotFoundError(f"{path} belongs to somebody else")
        connected.connect(path)
    except (FileNotFoundError, ConnectionRefusedError) as missing:
        try:
            connected.connect(f"\0{path}")
        except ConnectionRefusedError:
            raise missing from None
