"""System V memory that this process shares with X servers.

Tested by tests/unit/x11/screen/test_shm.py.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import weakref
from pathlib import Path

from desktopd.x11.errors import XError

_IPC_CREAT_PRIVATE = 0o1600
_IPC_RMID = 0
_FAILED = ctypes.c_void_p(-1).value
_ALL_PAGES = Path("/proc/sys/kernel/shmall")
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


class MemoryTaken(XError):
    """Others have all the shared memory of the machine at this moment."""


class Memory:
    """System V memory that outlives the X servers it is shared with, and sizes of the screen.

    Once it is here, nobody keeps a picture from us who takes all segments that the machine may have
    (kernel.shmmni). It is deleted from the beginning, so that it ends with this process; Linux lets
    an X server attach it all the same (shmat(2)).
    """

    def __init__(self, size: int = 0) -> None:
        """Room for `size` bytes at the first `take`, which take no memory before they are written.

        With `keep` they are there before.
        """
        self._wanted = size
        self.number = -1
        """What the system calls it, for whoever is to attach it."""
        self._whole: ctypes.Array[ctypes.c_ubyte] = (ctypes.c_ubyte * 0)()

    def keep(self) -> None:
        """Have the room that was asked for; raises XError, MemoryTaken for what passes."""
        self._make(self._wanted)

    def take(self, size: int) -> ctypes.Array[ctypes.c_ubyte]:
        """The first `size` bytes, all 0, for as long as somebody refers to them.

        What was taken before is the same memory, unless there was less. Raises XError, MemoryTaken
        for what passes.
        """
        if size <= len(self._whole):
            _clear(self._whole)
        elif size >= self._wanted or not self._can_keep():
            self._make(size)
        return (ctypes.c_ubyte * size).from_buffer(self._whole)

    def _can_keep(self) -> bool:
        try:
            self.keep()
        except XError:
            return False
        return True

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
    kind = MemoryTaken if number == errno.ENOSPC and _could_be_had(size) else XError
    return kind(f"no shared memory of {size} bytes: {os.strerror(number)}; {remedy}")


def _could_be_had(size: int) -> bool:
    """Whether the machine may have so much shared memory at all (proc_sys_kernel(5))."""
    try:
        pages = int(_ALL_PAGES.read_text())
    except (OSError, ValueError):
        return True
    return size <= pages * mmap.PAGESIZE


def _clear(memory: ctypes.Array[ctypes.c_ubyte]) -> None:
    """Give back what the memory takes, where the kernel can: it reads as 0 then."""
    address, size = ctypes.addressof(memory), len(memory)
    if _libc.madvise(address, size, mmap.MADV_REMOVE) != 0:
        ctypes.memset(address, 0, size)
