"""Memory that X draws into: the MIT-SHM extension (version 1.1), which python-xlib lacks.

Tested by tests/x11/test_double_buffer.py.
"""

from __future__ import annotations

import ctypes
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from Xlib import X, error
from Xlib.protocol import rq
from Xlib.xobject.drawable import Pixmap

from desktopd.x11.errors import XError, x_errors
from desktopd.x11.xlib_patches import Display

EXTENSION = "MIT-SHM"
_IPC_CREAT_PRIVATE = 0o1600
_IPC_RMID = 0
_FAILED = ctypes.c_void_p(-1).value

_libc = ctypes.CDLL(None, use_errno=True)
_libc.shmget.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_int]
_libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
_libc.shmat.restype = ctypes.c_void_p
_libc.shmdt.argtypes = [ctypes.c_void_p]
_libc.shmctl.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_void_p]


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


def check(size: int) -> None:
    """Raise XError where a segment of `size` bytes cannot be had here (kernel.shmmax, shmall)."""
    with _allocated(size) as number:
        _libc.shmdt(_mapped(number))


class Segment:
    """Memory that this process and the X server share, for one connection; in the X thread.

    The system frees it when both have let go, however they end.
    """

    def __init__(self, display: Display, size: int) -> None:
        """`size` in bytes. Raises XError when the server cannot share it, or no pixmaps in it."""
        self._display = display
        self._opcode = _opcode(display)
        with _allocated(size) as number:
            self._address = _mapped(number)
            try:
                self._segment = display.display.allocate_resource_id()
                with x_errors(display, "MIT-SHM Attach"):
                    self._send(_Attach, id=number, read_only=False)
            except BaseException:
                _libc.shmdt(self._address)
                raise
        self.memory = (ctypes.c_ubyte * size).from_address(self._address)
        """The bytes; there for as long as somebody refers to them."""
        weakref.finalize(self.memory, _libc.shmdt, self._address).atexit = False

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


@contextmanager
def _allocated(size: int) -> Iterator[int]:
    """A segment that is deleted as soon as nobody has it mapped, after the block."""
    number = _libc.shmget(0, size, _IPC_CREAT_PRIVATE)
    if number < 0:
        reason = os.strerror(ctypes.get_errno())
        remedy = "raise kernel.shmmax and kernel.shmall, or set a smaller max_size"
        raise XError(f"no shared memory of {size} bytes: {reason}; {remedy}")
    try:
        yield number
    finally:
        _libc.shmctl(number, _IPC_RMID, None)


def _mapped(number: int) -> int:
    address = _libc.shmat(number, None, 0)
    if address == _FAILED:
        raise XError(f"shared memory cannot be mapped: {os.strerror(ctypes.get_errno())}")
    return int(address)
