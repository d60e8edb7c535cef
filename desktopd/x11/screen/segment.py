"""Memory that X draws into: the MIT-SHM extension (version 1.1), which python-xlib lacks.

Tested by tests/x11/test_double_buffer.py.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from Xlib import X, error
from Xlib.protocol import rq
from Xlib.xobject.drawable import Pixmap

from desktopd.x11.errors import XError, x_errors
from desktopd.x11.screen.shm import Memory
from desktopd.x11.xlib_patches import Display

EXTENSION = "MIT-SHM"


class _QueryVersion(rq.ReplyRequest):  # type: ignore[misc]  # python-xlib is not typed
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(0), rq.RequestLength())
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Bool("shared_pixmaps"),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card16("major"),
        rq.Card16("minor"),
        rq.Card16("user"),
        rq.Card16("group"),
        rq.Card8("pixmap_format"),
        rq.Pad(15),
    )


class _Attach(rq.Request):  # type: ignore[misc]
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(1),
        rq.RequestLength(),
        rq.Card32("segment"),
        rq.Card32("id"),
        rq.Bool("read_only"),
        rq.Pad(3),
    )


class _Detach(rq.Request):  # type: ignore[misc]
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(2), rq.RequestLength(), rq.Card32("segment"))


class _CreatePixmap(rq.Request):  # type: ignore[misc]
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(5),
        rq.RequestLength(),
        rq.Card32("id"),
        rq.Drawable("drawable"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Card8("depth"),
        rq.Pad(3),
        rq.Card32("segment"),
        rq.Card32("offset"),
    )


class Segment:
    """Memory that this process and the X server share, for one connection; in the X thread."""

    def __init__(self, display: Display, size: int, memory: Memory | None = None) -> None:
        """`size` in bytes, of `memory`, or of its own: the system frees that when both have let go.

        Raises XError when the server cannot share it, or no pixmaps in it.
        """
        self._display = display
        self._opcode = _opcode(display)
        memory = memory or Memory()
        self.memory = memory.take(size)
        """The bytes; there for as long as somebody refers to them."""
        self._segment = display.display.allocate_resource_id()
        with x_errors(display, "MIT-SHM Attach"):
            self._send(_Attach, id=memory.number, read_only=False)

    def pixmap(self, width: int, height: int, depth: int, offset: int) -> Any:
        """A pixmap whose pixels, 4 bytes each, are the memory from `offset` on. Raises XError."""
        number = self._display.display.allocate_resource_id()
        with x_errors(self._display, f"MIT-SHM CreatePixmap {width}x{height}"):
            self._send(
                _CreatePixmap,
                id=number,
                drawable=self._display.screen().root,
                width=width,
                height=height,
                depth=depth,
                offset=offset,
            )
        return Pixmap(self._display.display, number)

    def close(self) -> None:
        """Have the server let go of the memory."""
        with suppress(error.ConnectionClosedError):
            self._send(_Detach)
            self._display.flush()
        self._display.display.free_resource_id(self._segment)

    def _send(self, request: Any, **fields: Any) -> None:
        request(display=self._display.display, opcode=self._opcode, segment=self._segment, **fields)


def _opcode(display: Display) -> int:
    extension = display.query_extension(EXTENSION)
    if not extension:
        raise XError(f"the X server has no {EXTENSION}: start it with `+extension {EXTENSION}`")
    opcode = int(extension.major_opcode)
    version = _QueryVersion(display=display.display, opcode=opcode)
    if not version.shared_pixmaps or version.pixmap_format != X.ZPixmap:
        raise XError(f"the X server's {EXTENSION} shares no pixmaps: use Xvfb, Xdummy or Xvnc")
    return opcode
