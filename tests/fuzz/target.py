"""What a part of desktopd is fuzzed with, and what must be true whatever it gets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from hypothesis.strategies import SearchStrategy

Check = Callable[[bytes], None]

LONGEST = 5.0
"""Seconds of work after which an input counts as one that hangs."""


@dataclass(frozen=True, slots=True)
class Target:
    """`opened` gives a check for as long as it is open: it raises where an input does harm.

    `release`: how many inputs it has to take before a release.
    """

    name: str
    inputs: SearchStrategy[bytes]
    opened: Callable[[], AbstractContextManager[Check]]
    release: int


def always(check: Check) -> Callable[[], AbstractContextManager[Check]]:
    """A check that needs nothing to be open."""

    @contextmanager
    def opened() -> Iterator[Check]:
        yield check

    return opened


def in_time(check: Check, data: bytes) -> None:
    """Check an input; AssertionError where that takes longer than `LONGEST`."""
    began = time.process_time()
    check(data)
    took = time.process_time() - began
    assert took < LONGEST, f"it took {took:.1f} s"


def pieces(data: bytes) -> list[bytes]:
    """Cut `data` at places that depend on nothing but its bytes."""
    cuts = sorted({len(data) * byte // 255 for byte in data[:6]})
    ends = [*cuts, len(data)]
    return [data[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]
