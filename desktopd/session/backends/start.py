"""The start of an X server on a display that is free.

Tested by tests/x11/test_start.py.
"""

from __future__ import annotations

import logging
import os
import socket
import subprocess
from contextlib import suppress
from dataclasses import replace

from pyvirtualdisplay.abstractdisplay import XStartError

from desktopd.kept_file import kept_room
from desktopd.session.backends import display_numbers
from desktopd.session.backends.backend import Backend
from desktopd.session.backends.options import XServerOptions
from desktopd.session.errors import LaunchError
from desktopd.session.logs import tail
from desktopd.x11.authority import write_cookie

ROOM = 128 * 1024
"""Bytes for its keymap, its lock and its socket, as these lie on the disk of our folder or not."""

log = logging.getLogger(__name__)


def start(backend: Backend, options: XServerOptions) -> tuple[str, subprocess.Popen[bytes]]:
    """Start an X server and wait until it has taken a display. Blocks.

    Returns the display's name, such as ``:7``, and the server's process.
    Raises LaunchError with the end of the server's log, and OSError.
    """
    display_numbers.make_socket_folder()
    if risk := display_numbers.socket_folder_risk():
        log.warning("%s: the display has an abstract socket alone", risk)
    display_numbers.remove_dead_locks()
    _shorten_log(options)
    with kept_room(options.room, ROOM):
        for number in display_numbers.candidates():
            with display_numbers.claim(number) as unheard:
                child = None if unheard is None else _start_as(number, unheard, backend, options)
            if child is not None:
                return f":{number}", child
    raise LaunchError(f"{backend.name}: every display number is taken; end some X servers")


def _shorten_log(options: XServerOptions) -> None:
    """Where the disk has been full, the log has taken of what is kept for the server itself."""
    with suppress(FileNotFoundError):
        if options.room.stat().st_size < ROOM:
            os.truncate(options.log, 0)


def _start_as(
    number: int, unheard: socket.socket, backend: Backend, options: XServerOptions
) -> subprocess.Popen[bytes] | None:
    """Start an X server as display `number`; None when somebody else was faster with it.

    It has the abstract socket alone where the folder of sockets is not ours to write, as WSLg
    mounts it, or somebody could change it; else it keeps that from others for as long as it lives.
    """
    if display_numbers.can_make_sockets():
        options = replace(options, unheard=unheard.fileno())
    else:
        unheard.close()
    if options.confinement is not None:
        # On a full disk it would be overwritten, and whoever was let read it before would again be.
        options.authority.unlink(missing_ok=True)
    write_cookie(options.authority, number)
    since = options.log.stat().st_size if options.log.exists() else 0
    try:
        display = backend.display(options, number)
        display.start()
    except FileNotFoundError as error:
        raise LaunchError(
            f"{error.filename}: no such program; install it, `desktopd check` says how"
        ) from None
    except XStartError as error:
        if display_numbers.is_served(number) or display_numbers.is_foreign(number):
            return None
        said = tail(options.log, since)
        raise LaunchError(f"{backend.name}: {error}\n{said}".rstrip()) from None
    display_numbers.close_to_others(number)
    try:
        display_numbers.lock(number, display.child.pid)
    except OSError as error:
        # The desktop goes on; only other X servers do not see that the number is taken.
        log.warning("display :%d cannot be locked: %s", number, error)
    return display.child
