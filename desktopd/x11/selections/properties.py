"""Properties of windows, in which X clients hand contents to each other (ICCCM section 2).

Tested by tests/x11/test_clipboard.py and test_clipboard_forms.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from Xlib import X
from Xlib.protocol import event as core

from desktopd.x11.connection import Connection, Display, Event, XError, x_errors

# What is read of a long property at a time, so that others get their turn with X.
PIECE_BYTES = 256 * 1024
# The type of a property that announces a transfer in parts (ICCCM section 2.7.2).
INCREMENTAL = "INCR"

Window = Any


class TransferError(XError):
    """The other client did not do its part, or its content is over the limit."""


@dataclass(frozen=True, slots=True)
class PropertyValue:
    """What a property holds: the name of its type, the bits an item (8, 16, 32), the items."""

    type: str
    format: int
    data: bytes | list[int]


async def take(
    connection: Connection, window: Window, atom: int, limit: int
) -> PropertyValue | None:
    """Read a property and delete it, for which its writer waits; None when there is none.

    Raises TransferError when it has more than `limit` bytes, or announces them.
    """
    data, items, done = bytearray(), list[int](), 0
    while True:
        piece = await connection.call(partial(_take_piece, window, atom, done, limit))
        if piece is None:
            return None
        done += piece.size
        if isinstance(piece.value.data, bytes):
            data += piece.value.data
        else:
            items += piece.value.data
        if piece.is_last:
            whole = bytes(data) if piece.value.format == 8 else items
            return PropertyValue(piece.value.type, piece.value.format, whole)


def is_change(event: Event, window: Window, atom: int, state: int) -> bool:
    """Whether `event` tells that a property was written (PropertyNewValue) or deleted."""
    return isinstance(event, core.PropertyNotify) and (
        event.window.id,
        event.atom,
        event.state,
    ) == (window.id, atom, state)


# From here on: run in the X thread.


def make_window(display: Display) -> Window:
    """A window that is never shown, for properties and for events about them."""
    with x_errors(display, "CreateWindow for selections"):
        return display.screen().root.create_window(
            *(-1, -1, 1, 1, 0, X.CopyFromParent),
            override_redirect=True,
            event_mask=X.PropertyChangeMask,
        )


def destroy(window: Window, display: Display) -> None:
    """End a window of ours, and what it owns."""
    with x_errors(display, f"DestroyWindow {window.id:#x}"):
        window.destroy()


def put(window: Window, atom: int, value: PropertyValue, display: Display) -> None:
    """Write a property; XRequestError when the window is gone."""
    with x_errors(display, f"ChangeProperty of window {window.id:#x}"):
        window.change_property(atom, display.get_atom(value.type), value.format, value.data)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a property, `size` in bytes."""

    value: PropertyValue
    size: int
    is_last: bool


def _take_piece(
    window: Window, atom: int, done: int, limit: int, display: Display
) -> _Piece | None:
    """The piece after the first `done` bytes; the property goes with the last one."""
    found = window.get_property(atom, X.AnyPropertyType, done // 4, PIECE_BYTES // 4)
    if found is None:
        return None
    kind, data = display.get_atom_name(found.property_type), found.value
    value = PropertyValue(kind, found.format, bytes(data) if found.format == 8 else [*data])
    size = len(data) * found.format // 8
    announced = data[0] if kind == INCREMENTAL and len(data) else 0
    if max(announced, done + size + found.bytes_after) > limit:
        if kind != INCREMENTAL:  # its deletion would begin the transfer
            window.delete_property(atom)
        raise TransferError(f"it has more than {limit} bytes")
    if not found.bytes_after:
        window.delete_property(atom)
    return _Piece(value, size, not found.bytes_after)
