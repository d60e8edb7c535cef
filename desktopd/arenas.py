"""How glibc's malloc keeps memory: for all threads in one place, and no longer than it is used."""

from __future__ import annotations

import asyncio
import ctypes

_M_ARENA_MAX = -8
TRIM_EVERY = 20.0


def use_one_arena() -> None:
    """Have all threads take memory from one place (mallopt(3)), before there are any.

    By itself each thread gets an arena of its own, where what it has freed serves no other thread:
    a daemon whose viewers come and go grows by what each has held at its worst moment. Where the C
    library has no such thing, as musl, nothing is done.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def trim() -> None:
    """Give back what is free in the middle of that place too (malloc_trim(3)), from any thread.

    By itself malloc gives back its end alone, so that each small piece behind a large one keeps the
    room of the large one. It takes some milliseconds in which other threads may have to wait for
    memory; where the C library has no such thing, nothing is done.
    """
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:
        malloc_trim(0)


async def keep_trimmed() -> None:
    """`trim` again and again: pictures and encoders of viewers who come and go leave many holes."""
    while True:
        await asyncio.sleep(TRIM_EVERY)
        await asyncio.to_thread(trim)
