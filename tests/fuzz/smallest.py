"""Makes an input that does harm as small as it can be."""

from __future__ import annotations

from collections.abc import Callable

MOST_TRIES = 2000


def smallest(data: bytes, harms: Callable[[bytes], bool]) -> bytes:
    """What is left of `data` once no piece can go without `harms` being false.

    Pieces become ever shorter, down to a byte; it ends after `MOST_TRIES` at the latest.
    """
    tries, length = 0, max(1, len(data) // 2)
    while True:
        at, before = 0, len(data)
        while at < len(data) and tries < MOST_TRIES:
            tries += 1
            shorter = data[:at] + data[at + length :]
            if harms(shorter):
                data = shorter
            else:
                at += length
        if tries >= MOST_TRIES or (length == 1 and len(data) == before):
            return data
        length = max(1, length // 2)
