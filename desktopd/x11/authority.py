"""Xauthority files: where an X server and its clients find their common cookie.

Tested by tests/x11/test_connection.py.
"""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktopd.kept_file import write_kept
from desktopd.openers import read_little
from desktopd.x11.errors import XError
from desktopd.x11.xlib_patches import MAGIC_COOKIE

# Families of addresses (Xauth.h): this host by its name, and any host whatever it is called.
FAMILY_LOCAL, FAMILY_WILD = 256, 65535


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an Xauthority file (Xau(3)); an empty `number` stands for every display."""

    number: bytes
    protocol: bytes
    cookie: bytes


def read_cookie(path: Path, number: int) -> bytes:
    """The cookie for the local display `number`.

    The host name in an entry is not looked at: the file was named for this very display, and the
    name of a host may have changed since it was written. Raises XError when there is none.
    """
    try:
        content = read_little(path)
    except OSError as error:
        raise XError(f"cookie file {path}: {error.strerror}") from error
    for entry in _entries(content):
        if entry.protocol == MAGIC_COOKIE and entry.number in (b"", b"%d" % number):
            return entry.cookie
    raise XError(f"cookie file {path} has no {MAGIC_COOKIE.decode()} for display :{number}")


def _entries(content: bytes) -> Iterator[Entry]:
    position = 0

    def counted() -> bytes:
        nonlocal position
        (length,) = struct.unpack_from(">H", content, position)
        (value,) = struct.unpack_from(f"{length}s", content, position + 2)
        position += 2 + length
        return bytes(value)

    try:
        while position < len(content):
            position += 2
            _address, number, protocol, cookie = counted(), counted(), counted(), counted()
            yield Entry(number, protocol, cookie)
    except struct.error:
        return


def write_cookie(path: Path, number: int) -> None:
    """Write a fresh MIT-MAGIC-COOKIE-1 for display `number`, readable by us alone; raises OSError.

    One entry is for this host by its name, which is all that some clients look for; one of family
    FamilyWild (Xau(7)) holds whatever the host is called.
    """
    cookie, entries = secrets.token_bytes(16), b""
    for family, address in ((FAMILY_LOCAL, os.uname().nodename.encode()), (FAMILY_WILD, b"")):
        entries += struct.pack(">H", family)
        for field in (address, b"%d" % number, MAGIC_COOKIE, cookie):
            entries += struct.pack(">H", len(field)) + field
    write_kept(path, entries)
