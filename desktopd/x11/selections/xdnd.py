"""The messages of XDND, version 5, between the source and the target of a drag: values and words.

https://www.freedesktop.org/wiki/Specifications/XDND, "Client Messages".
"""

from __future__ import annotations

VERSION = 5
# The first that all toolkits of today take; the versions before it were a draft.
OLDEST_VERSION = 3

SELECTION = "XdndSelection"
AWARE = "XdndAware"
PROXY = "XdndProxy"
TYPE_LIST = "XdndTypeList"
ENTER = "XdndEnter"
POSITION = "XdndPosition"
STATUS = "XdndStatus"
LEAVE = "XdndLeave"
DROP = "XdndDrop"
FINISHED = "XdndFinished"
COPY = "XdndActionCopy"

TYPES_IN_ENTER = 3

Words = tuple[int, int, int, int, int]


def enter(source: int, version: int, types: list[int]) -> Words:
    """The first three types go with it; more are in the property XdndTypeList of the source."""
    first, second, third = (*types, 0, 0, 0)[:TYPES_IN_ENTER]
    return source, version << 24 | (len(types) > TYPES_IN_ENTER), first, second, third


def position(source: int, x: int, y: int, time: int, action: int) -> Words:
    """Where the pointer is, in pixels of the root window, and what a drop would do."""
    return source, 0, x << 16 | y, time, action


def leave(source: int) -> Words:
    """The drag goes elsewhere or has ended."""
    return source, 0, 0, 0, 0


def drop(source: int, time: int) -> Words:
    """The target may ask for the selection, as of `time`."""
    return source, 0, time, 0, 0


def status(target: int, action: int) -> Words:
    """Whether the target would take the drop, as this action; 0 for no. It wants every position."""
    return target, (action != 0) | 2, 0, 0, action


def finished(target: int, action: int) -> Words:
    """Whether the target has taken the drop, by this action; 0 for no."""
    return target, action != 0, action, 0, 0


def is_accepted(kind: str, words: Words, version: int) -> bool:
    """What XdndStatus or XdndFinished says; only since version 5 can a drop be said to fail."""
    return bool(words[1] & 1) or (kind == FINISHED and version < 5)
