"""How glibc's malloc divides its memory among threads (mallopt(3))."""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8


def use_one_arena() -> None:
    """Have all threads take memory from one place; to be called before there are any.

    By itself each thread gets an arena of its own, where what it has freed serves no other thread:
    a daemon whose viewers come and go grows by what each has held at its worst moment. Where the C
    library has no such thing, as musl, nothing is done.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
