"""The content of a selection on its way between two X clients (ICCCM section 2), INCR included."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from Xlib import X
from Xlib.protocol import event as core

from desktopd.x11.connection import Connection, Display, Event, XRequestError, x_errors

# Below the longest request that every server takes, 262,140 bytes.
CHUNK_BYTES = 128 * 1024
# How long the other client may take for one step, in seconds.
PATIENCE = 5.0

Window = Any


class TransferError(Exception):
    """The other client did not do its part, or its content is over the limit."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a property holds: the name of its type, the bits an item (8, 16, 32), the items."""

    type: str
    format: int
    data: bytes | list[int]


async def receive(
    connection: Connection, window: Window, selection: str, target: str, into: str, limit: int
) -> Content | None:
    """Ask the owner of `selection` for it as `target`; None when the owner cannot give that.

    `window` (ours, with PropertyChangeMask) gets it in the property `into`. Raises TransferError
    when a step takes longer than PATIENCE, and for content of more than `limit` bytes.
    """
    atoms = await connection.call(lambda display: [*map(display.get_atom, (target, into))])

    def concerns(event: Event) -> bool:
        if isinstance(event, core.SelectionNotify):
            return event.target == atoms[0] and event.property in (atoms[1], X.NONE)
        return _is_change(event, window, atoms[1], X.PropertyNewValue)

    take = partial(_take, window=window, name=atoms[1], limit=limit)
    with connection.collect(concerns) as events:
        await connection.call(partial(_convert, window, selection, *atoms))
        while not isinstance(notice := await _next(events), core.SelectionNotify):
            pass
        content = await connection.call(take) if notice.property != X.NONE else None
        if content is None or content.type != "INCR":
            return content
        data = bytearray()
        while chunk := await _next_chunk(connection, events, take):
            data += chunk
            if len(data) > limit:
                raise TransferError(f"it has more than {limit} bytes")
        return Content(target, 8, bytes(data))


async def send(
    connection: Connection, request: Event, content: Content | None, listening: Counter[int]
) -> None:
    """Answer a SelectionRequest with `content`, or say that there is none.

    `listening` counts the transfers in parts to each window, over all calls. Raises XRequestError
    when the requestor is gone, TransferError when it stops taking.
    """
    # A property of None comes from clients older than the ICCCM, which mean the target's atom.
    name, window = request.property or request.target, request.requestor
    data = content.data if content else b""
    if content is None or not isinstance(data, bytes) or len(data) <= CHUNK_BYTES:
        await connection.call(partial(_answer, request, name, content))
        return
    chunks = [data[i : i + CHUNK_BYTES] for i in range(0, len(data), CHUNK_BYTES)]

    def taken(event: Event) -> bool:
        return _is_change(event, window, name, X.PropertyDelete)

    async with _property_changes(connection, window, listening):
        with connection.collect(taken) as events:
            await connection.call(partial(_answer, request, name, Content("INCR", 32, [len(data)])))
            for chunk in [*chunks, b""]:
                await _next(events)
                await connection.call(partial(_put, window, name, Content(content.type, 8, chunk)))


async def _next(events: asyncio.Queue[Event]) -> Event:
    try:
        async with asyncio.timeout(PATIENCE):
            return await events.get()
    except TimeoutError:
        raise TransferError(f"it did nothing for {PATIENCE:g} s") from None


@asynccontextmanager
async def _property_changes(
    connection: Connection, window: Window, listening: Counter[int]
) -> AsyncIterator[None]:
    """Receive PropertyNotify of another client's window as long as a transfer to it runs."""
    listening[window.id] += 1
    try:
        await connection.call(partial(_select, window, X.PropertyChangeMask))
        yield
    finally:
        listening[window.id] -= 1
        if not listening[window.id]:
            del listening[window.id]
            with suppress(XRequestError):  # the window may be gone by now
                await connection.call(partial(_select, window, X.NoEventMask))


def _is_change(event: Event, window: Window, name: int, state: int) -> bool:
    return isinstance(event, core.PropertyNotify) and (
        event.window.id,
        event.atom,
        event.state,
    ) == (window.id, name, state)


async def _next_chunk(
    connection: Connection,
    events: asyncio.Queue[Event],
    take: Callable[[Display], Content | None],
) -> bytes:
    """The next part of a transfer, empty at its end."""
    while True:
        await _next(events)
        # Nothing is there at the notice of the property that announced the transfer.
        content = await connection.call(take)
        if content is not None:
            return content.data if isinstance(content.data, bytes) else b""


# From here on: run in the X thread.


def _select(window: Window, mask: int, display: Display) -> None:
    with x_errors(display, f"ChangeWindowAttributes {window.id:#x}"):
        window.change_attributes(event_mask=mask)


def _convert(window: Window, selection: str, target: int, into: int, display: Display) -> None:
    with x_errors(display, f"ConvertSelection {selection} to {display.get_atom_name(target)}"):
        window.delete_property(into)
        window.convert_selection(display.get_atom(selection), target, into, X.CurrentTime)


def _take(display: Display, window: Window, name: int, limit: int) -> Content | None:
    """Read a property and delete it, which its writer waits for; None when there is none."""
    found = window.get_property(name, X.AnyPropertyType, 0, limit // 4 + 1)
    if found is None:
        return None
    kind = display.get_atom_name(found.property_type)
    announced = found.value[0] if kind == "INCR" and len(found.value) else 0
    if found.bytes_after or max(announced, len(found.value)) > limit:
        raise TransferError(f"it has more than {limit} bytes")
    window.delete_property(name)
    return Content(kind, found.format, bytes(found.value) if found.format == 8 else [*found.value])


def _put(window: Window, name: int, content: Content, display: Display) -> None:
    with x_errors(display, f"ChangeProperty of window {window.id:#x}"):
        window.change_property(name, display.get_atom(content.type), content.format, content.data)


def _answer(request: Event, name: int, content: Content | None, display: Display) -> None:
    if content is not None:
        _put(request.requestor, name, content, display)
    notice = core.SelectionNotify(
        time=request.time,
        requestor=request.requestor,
        selection=request.selection,
        target=request.target,
        property=name if content else X.NONE,
    )
    with x_errors(display, f"SendEvent to window {request.requestor.id:#x}"):
        request.requestor.send_event(notice)
