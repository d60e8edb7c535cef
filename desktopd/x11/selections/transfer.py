"""The way of one content between two X clients (ICCCM section 2), in parts (INCR) where it is long.

What the bytes mean is not known here: see `targets`.
Tested by tests/x11/test_clipboard.py and test_clipboard_forms.py.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial

from Xlib import X
from Xlib.protocol import event as core

from desktopd.x11.connection import Connection, Display, Event, XRequestError, x_errors
from desktopd.x11.selections.properties import (
    INCREMENTAL,
    PropertyValue,
    TransferError,
    Window,
    is_change,
    put,
    take,
)

# Below the longest request that every server takes, 262,140 bytes.
CHUNK_BYTES = 128 * 1024
# How long the other client may take for one step, and for a whole transfer, in seconds.
PATIENCE = 5.0
PATIENCE_IN_ALL = 120.0


async def receive(
    connection: Connection,
    window: Window,
    selection: str,
    target: str,
    into: str,
    limit: int,
    *,
    answer_within: float | None = None,
    time: int = X.CurrentTime,
) -> PropertyValue | None:
    """Ask the owner of `selection` for it as `target`; None when the owner cannot give that.

    `window` (ours, with PropertyChangeMask) gets it in the property `into`, as of `time`. Raises
    TransferError when the answer takes longer than `answer_within` seconds or PATIENCE, a later
    step longer than PATIENCE, or all of them longer than PATIENCE_IN_ALL, and for content of more
    than `limit` bytes.
    """
    asked, name = await connection.call(lambda display: [*map(display.get_atom, (target, into))])

    def concerns(event: Event) -> bool:
        if isinstance(event, core.SelectionNotify):
            return event.target == asked and event.property in (name, X.NONE)
        return is_change(event, window, name, X.PropertyNewValue)

    with connection.collect(concerns) as events:
        async with _at_most(PATIENCE_IN_ALL, "it was not done after"):
            await connection.call(partial(_convert, window, selection, asked, name, time))
            notice = None
            while not isinstance(notice, core.SelectionNotify):
                notice = await _next(events, answer_within)
            if notice.property == X.NONE:
                return None
            value = await take(connection, window, name, limit)
            if value is None or value.type != INCREMENTAL:
                return value
            parts = await _receive_parts(connection, window, name, limit, events)
            return PropertyValue(target, 8, parts)


async def send(
    connection: Connection,
    request: Event,
    values: Mapping[int, PropertyValue],
    listening: Counter[int],
) -> None:
    """Answer a SelectionRequest with `values`, by the properties they go into.

    `listening` counts the transfers in parts to each window, over all calls. Raises XRequestError
    when the requestor is gone, TransferError when it stops taking or takes too slowly.
    """
    window = request.requestor
    waiting = {name: _parts(value) for name, value in values.items() if _is_long(value)}

    def taken(event: Event) -> bool:
        return any(is_change(event, window, name, X.PropertyDelete) for name in waiting)

    async with _property_changes(connection, window, listening, wanted=bool(waiting)):
        with connection.collect(taken) as events:
            async with _at_most(PATIENCE_IN_ALL, "it had not taken all after"):
                for name, value in values.items():
                    first = _announcement(value) if name in waiting else value
                    await connection.call(partial(put, window, name, first))
                # None as property comes from clients older than the ICCCM: it means the target.
                await tell(connection, request, request.property or request.target)
                while waiting:
                    name = (await _next(events)).atom
                    part = next(waiting[name])
                    if not part.data:
                        # The last one may be taken, and that be told, before `put` is done.
                        del waiting[name]
                    await connection.call(partial(put, window, name, part))


async def tell(connection: Connection, request: Event, name: int) -> None:
    """Answer a SelectionRequest: the property has what was asked for, None (0) without it."""
    await connection.call(partial(_tell, request, name))


async def server_time(connection: Connection, window: Window) -> int:
    """The time of the X server in milliseconds, as a change of a property tells it.

    `window` is ours and has PropertyChangeMask (ICCCM section 2.1).
    """
    name = await connection.call(lambda display: display.get_atom("DESKTOPD_TIME"))

    def told(event: Event) -> bool:
        return is_change(event, window, name, X.PropertyNewValue)

    with connection.collect(told) as events:
        await connection.call(partial(put, window, name, PropertyValue("INTEGER", 32, [])))
        return int((await _next(events)).time)


def is_earlier(time: int, other: int) -> bool:
    """Whether a time of the X server lies before another; they begin anew after 49 days."""
    return 0 < (other - time) % 2**32 < 2**31


async def _next(events: asyncio.Queue[Event], seconds: float | None = None) -> Event:
    async with _at_most(seconds or PATIENCE, "it did nothing for"):
        return await events.get()


@asynccontextmanager
async def _at_most(seconds: float, complaint: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise TransferError(f"{complaint} {seconds:g} s") from None


async def _receive_parts(
    connection: Connection, window: Window, name: int, limit: int, events: asyncio.Queue[Event]
) -> bytes:
    data = bytearray()
    while True:
        await _next(events)
        # Nothing is there at the notice of the property that announced the transfer.
        part = await take(connection, window, name, limit)
        if part is None:
            continue
        if not isinstance(part.data, bytes) or not part.data:
            return bytes(data)
        data += part.data
        if len(data) > limit:
            raise TransferError(f"it has more than {limit} bytes")


def _is_long(value: PropertyValue) -> bool:
    return isinstance(value.data, bytes) and len(value.data) > CHUNK_BYTES


def _announcement(value: PropertyValue) -> PropertyValue:
    return PropertyValue(INCREMENTAL, 32, [len(value.data)])


def _parts(value: PropertyValue) -> Iterator[PropertyValue]:
    """The parts of a long value, with an empty one at the end."""
    for start in range(0, len(value.data) + CHUNK_BYTES, CHUNK_BYTES):
        yield PropertyValue(value.type, 8, value.data[start : start + CHUNK_BYTES])


@asynccontextmanager
async def _property_changes(
    connection: Connection, window: Window, listening: Counter[int], *, wanted: bool
) -> AsyncIterator[None]:
    """Receive PropertyNotify of another client's window inside the block, where wanted."""
    if not wanted:
        yield
        return
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


# From here on: run in the X thread.


def _select(window: Window, mask: int, display: Display) -> None:
    with x_errors(display, f"ChangeWindowAttributes {window.id:#x}"):
        window.change_attributes(event_mask=mask)


def _convert(
    window: Window, selection: str, target: int, into: int, time: int, display: Display
) -> None:
    with x_errors(display, f"ConvertSelection {selection} to {display.get_atom_name(target)}"):
        window.delete_property(into)
        window.convert_selection(display.get_atom(selection), target, into, time)


def _tell(request: Event, name: int, display: Display) -> None:
    notice = core.SelectionNotify(
        time=request.time,
        requestor=request.requestor,
        selection=request.selection,
        target=request.target,
        property=name,
    )
    with x_errors(display, f"SendEvent to window {request.requestor.id:#x}"):
        request.requestor.send_event(notice)
