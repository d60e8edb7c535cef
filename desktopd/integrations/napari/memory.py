"""Gives back what napari has used: by itself malloc gives back its end alone (malloc_trim(3)).

Each resize leaves holes between what Qt and Mesa keep.
"""

from __future__ import annotations

import ctypes

TRIM_EVERY = 30.0


def trim() -> None:
    """Give back what is free, in any thread; where the C library cannot, as musl, do nothing.

    It takes some milliseconds in which other threads may have to wait for memory.
    """
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is not None:
        malloc_trim(0)
