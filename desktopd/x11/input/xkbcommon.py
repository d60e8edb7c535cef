"""Which keysym stands for which character: libxkbcommon's tables, through its C interface.

Qt and GTK read keys by the same library. Tested by tests/unit/x11/input/test_keysyms.py.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from desktopd.x11.errors import XError


@cache
def load() -> Any:
    """The library; XError where it is missing."""
    try:
        library = ctypes.CDLL("libxkbcommon.so.0")
    except OSError:
        raise XError("libxkbcommon is not installed: apt-get install libxkbcommon0") from None
    for function in (library.xkb_keysym_to_utf32, library.xkb_utf32_to_keysym):
        function.argtypes, function.restype = [ctypes.c_uint32], ctypes.c_uint32
    return library


def code_point(keysym: int) -> int:
    """The code point that a keysym stands for; 0 for none (xkb_keysym_to_utf32)."""
    return int(load().xkb_keysym_to_utf32(keysym))


def keysym(code_point: int) -> int:
    """The usual keysym of a code point; 0 where that is no character (xkb_utf32_to_keysym)."""
    return int(load().xkb_utf32_to_keysym(code_point))
