"""Memory that X draws into: the MIT-SHM extension (version 1.1), which python-xlib lacks.

Tested by tests/x11/test_double_buffer.py.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import weakref
from contextlib import suppress
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
_REMEDIES = {
    errno.ENOSPC: "others have taken all that there is: raise kernel.shmmni or kernel.shmall",
    errno.EINVAL: "raise kernel.shmmax, or set a smaller max_size",
}

_libc = ctypes.CDLL(None, use_errno=True)
_libc.shmget.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_int]
_libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
_libc.shmat.restype = ctypes.c_void_p
_libc.shmdt.argtypes = [ctypes.c_void_p]
_libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
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


class Memory:
    """System V memory that outlives the X servers it is shared with, and sizes of the screen.

    Once it is here, nobody keeps a picture from us who takes all segments that the machine may have
    (kernel.shmmni). It is deleted from the beginning, so that it ends with this process; Linux lets
    an X server attach it all the same (shmat(2)).
    """

    def __init__(self, size: int = 0) -> None:
        """Room for `size` bytes at first, which take no memory before they are written.

        Raises XError.
        """
        self.number = -1
        """What the system calls it, for whoever is to attach it."""
        self._whole: ctypes.Array[ctypes.c_ubyte] = (ctypes.c_ubyte * 0)()
        if size:
            self._make(size)

    def take(self, size: int) -> ctypes.Array[ctypes.c_ubyte]:
        """The first `size` bytes, all 0, for as long as somebody refers to them.

        What was taken before is the same memory, unless there was less. Raises XError.
        """
        if size > len(self._whole):
            self._make(size)
        else:
            _clear(self._whole)
        return (ctypes.c_ubyte * size).from_buffer(self._whole)

    def _make(self, size: int) -> None:
        number = _libc.shmget(0, size, _IPC_CREAT_PRIVATE)
        if number < 0:
            raise _lack(size, ctypes.get_errno())
        address = _libc.shmat(number, None, 0)
        lack = ctypes.get_errno()
        _libc.shmctl(number, _IPC_RMID, None)
        if address == _FAILED:
            raise XError(f"shared memory cannot be mapped: {os.strerror(lack)}")
        self.number, self._whole = number, (ctypes.c_ubyte * size).from_address(address)
        weakref.finalize(self._whole, _libc.shmdt, address).atexit = False


def _lack(size: int, number: int) -> XError:
    remedy = _REMEDIES.get(number, "set a smaller max_size")
    return XError(f"no shared memory of {size} bytes: {os.strerror(number)}; {remedy}")


def _clear(memory: ctypes.Array[ctypes.c_ubyte]) -> None:
    """Give back what the memory takes, where the kernel can: it reads as 0 then."""
    address, size = ctypes.addressof(memory), len(memory)
    if _libc.madvise(address, size, mmap.MADV_REMOVE) != 0:
        ctypes.memset(address, 0, size)


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
