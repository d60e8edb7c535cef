"""The picture of the pointer (XFIXES version 1, cursor images); where it is, the pointer knows."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image
from Xlib import error
from Xlib.ext import xfixes
from Xlib.protocol import rq

from desktopd.observers import Observers
from desktopd.x11.connection import Connection, Display, Event, XError, x_errors

# A CARD32 with alpha in its highest byte, as bytes, with the colours multiplied by alpha.
_RAW = "BGRa" if sys.byteorder == "little" else "aRGB"


@dataclass(frozen=True, slots=True)
class CursorImage:
    """A cursor: `rgba` has 4 bytes a pixel, row by row, the colours not multiplied by alpha.

    `hot_x` and `hot_y` are the pixel that points. A hidden cursor is transparent.
    """

    width: int
    height: int
    hot_x: int
    hot_y: int
    rgba: bytes = field(repr=False)


def _arrow(size: int = 16) -> CursorImage:
    """A black triangle with a white edge that points to the upper left."""
    white, black, clear = b"\xff\xff\xff\xff", b"\0\0\0\xff", bytes(4)
    rgba = b"".join(
        clear if x + y >= size else white if not x or not y or x + y == size - 1 else black
        for y in range(size)
        for x in range(size)
    )
    return CursorImage(size, size, 0, 0, rgba)


ARROW = _arrow()

# Seconds between two readings: an animated cursor changes up to 60 times a second.
INTERVAL = 0.05


class Cursor:
    """The cursor that the display shows. `image` is what X has, wherever the pointer is.

    X lets nobody read the cursor of a client that has gone, such as xsetroot
    (XFixesGetCursorImage: BadAccess): `image` is ARROW then.
    """

    def __init__(self, connection: Connection) -> None:
        self.image = ARROW
        self._connection = connection
        self._handlers: Observers[[CursorImage]] = Observers()
        self._changed = False
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, connection: Connection) -> Cursor:
        """Follow the cursor of `connection`; XError when the server has no XFIXES."""
        await connection.call(_follow)
        cursor = cls(connection)
        connection.subscribe(cursor._on_event)
        cursor._update(await connection.call(_read))
        return cursor

    def on_change(self, handler: Callable[[CursorImage], None]) -> None:
        """Have `handler` called in the loop with each new picture."""
        self._handlers.add(handler)

    def _on_event(self, event: Event) -> None:
        # python-xlib makes a class of that name for each connection.
        if type(event).__name__ == xfixes.DisplayCursorNotify.__name__:
            self._changed = True
            if self._reading is None:
                self._reading = self._connection.spawn(self._read_anew())

    async def _read_anew(self) -> None:
        try:
            while self._changed:
                self._changed = False
                self._update(await self._connection.call(_read))
                await asyncio.sleep(INTERVAL)
        finally:
            self._reading = None

    def _update(self, image: CursorImage) -> None:
        if image != self.image:
            self.image = image
            self._handlers.call(image)


class _GetCursorImage(rq.ReplyRequest):  # type: ignore[misc]  # python-xlib is not typed
    """XFixesGetCursorImage; python-xlib's own reads the pixels one by one."""

    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(4), rq.RequestLength())
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Pad(1),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Int16("x"),
        rq.Int16("y"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card16("hot_x"),
        rq.Card16("hot_y"),
        rq.Card32("serial"),
        rq.Pad(8),
        rq.Binary("pixels"),
    )


# From here on: run in the X thread.


def _follow(display: Display) -> None:
    if not display.has_extension(xfixes.extname):
        raise XError("the X server has no XFIXES: start it with `+extension XFIXES`")
    with x_errors(display, "XFixesSelectCursorInput"):
        display.xfixes_query_version()
        display.xfixes_select_cursor_input(
            display.screen().root, xfixes.XFixesDisplayCursorNotifyMask
        )


def _read(display: Display) -> CursorImage:
    engine = display.display
    try:
        reply = _GetCursorImage(display=engine, opcode=engine.get_extension_major(xfixes.extname))
    except error.BadAccess:
        return ARROW
    size = reply.width, reply.height
    pixels = bytes(reply.pixels)[: 4 * reply.width * reply.height]
    image = Image.frombytes("RGBA", size, pixels, "raw", _RAW)
    return CursorImage(*size, reply.hot_x, reply.hot_y, image.tobytes())
