"""Inputs made of others, a hundred times faster than strategies draw them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

_NUMBERS = (
    *(b"\0", b"\1", b"\x7f", b"\x80", b"\xff", b"\0\0", b"\0\1", b"\x7f\xff", b"\x80\0"),
    *(
        b"\xff\xff",
        b"\0\0\0\0",
        b"\0\0\0\1",
        b"\x7f\xff\xff\xff",
        b"\x80\0\0\0",
        b"\xff\xff\xff\xff",
    ),
)
"""Where numbers of one, two and four bytes end, or change their sign."""
_LONGEST_PIECE = 24
_MOST_CHANGES = 4


class Mutator:
    """Changes inputs of a `pool` at a few places, as `seed` says."""

    def __init__(self, pool: Sequence[bytes], seed: int) -> None:
        self._pool = pool
        self._random = Random(seed)
        self._changes: tuple[Callable[[bytes], bytes], ...] = (
            *(self._flip, self._number, self._remove, self._repeat),
            *(self._truncate, self._insert, self._splice),
        )

    def next(self) -> bytes:
        """One more input."""
        random = self._random
        data = random.choice(self._pool)
        for _ in range(random.randint(1, _MOST_CHANGES)):
            data = random.choice(self._changes)(data)
        return data

    def _flip(self, data: bytes) -> bytes:
        if not data:
            return data
        at = self._random.randrange(len(data))
        return data[:at] + bytes([data[at] ^ 1 << self._random.randrange(8)]) + data[at + 1 :]

    def _number(self, data: bytes) -> bytes:
        number, at = self._random.choice(_NUMBERS), self._place(data)
        return data[:at] + number + data[at + len(number) :]

    def _remove(self, data: bytes) -> bytes:
        start, end = self._piece(data)
        return data[:start] + data[end:]

    def _repeat(self, data: bytes) -> bytes:
        start, end = self._piece(data)
        return data[:end] + data[start:end] * self._random.randint(1, 3) + data[end:]

    def _truncate(self, data: bytes) -> bytes:
        return data[: self._place(data)]

    def _insert(self, data: bytes) -> bytes:
        at = self._place(data)
        return data[:at] + self._random.randbytes(self._random.randint(1, 8)) + data[at:]

    def _splice(self, data: bytes) -> bytes:
        other = self._random.choice(self._pool)
        start, end = self._piece(other)
        at = self._place(data)
        return data[:at] + other[start:end] + data[at:]

    def _place(self, data: bytes) -> int:
        return self._random.randint(0, len(data))

    def _piece(self, data: bytes) -> tuple[int, int]:
        start = self._place(data)
        return start, min(len(data), start + self._random.randint(1, _LONGEST_PIECE))
