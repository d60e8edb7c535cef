"""napari that, once it is locked, tries by the C library what its Python would refuse to ask.

Arguments: the file for what came of each try, and a folder elsewhere. Meant to be copied under the
name of napari, by which it gets a companion.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import napari
from qtpy.QtCore import QTimer
from qtpy.QtGui import QImage
from qtpy.QtWidgets import QLabel

notes, elsewhere = map(Path, sys.argv[1:])
data = notes.parent
libc = ctypes.CDLL(None, use_errno=True)
AT_FDCWD = -100
KEYCTL = 250 if os.uname().machine == "x86_64" else 219
viewer = napari.Viewer()


def outcome(call: Callable[[], object]) -> str:
    """The name of the error that a call of the C library ended with; else what it answered."""
    ctypes.set_errno(0)
    answer = call()
    if isinstance(answer, int) and answer < 0:
        return errno.errorcode.get(ctypes.get_errno(), "nothing")
    return str(answer)


def read(path: object) -> Callable[[], int]:
    return lambda: libc.open(os.fsencode(str(path)), os.O_RDONLY)


def wrote(path: object) -> Callable[[], int]:
    return lambda: libc.open(os.fsencode(str(path)), os.O_WRONLY | os.O_CREAT, 0o600)


def names(*paths: Path) -> list[bytes]:
    return [os.fsencode(path) for path in paths]


def program() -> int:
    arguments = (ctypes.c_char_p * 2)(b"true", None)
    return int(libc.execve(b"/bin/true", arguments, None))


def program_in_memory() -> int:
    """One that has no file at all."""
    made = os.memfd_create("program")
    os.write(made, Path("/bin/true").read_bytes())
    arguments = (ctypes.c_char_p * 2)(b"true", None)
    return int(libc.fexecve(made, arguments, (ctypes.c_char_p * 1)(None)))


def picture_of_text() -> int:
    """The width of a label whose text shows the picture elsewhere, that of one without it aside."""
    shown = QLabel(f"<img src='{elsewhere / 'picture.png'}'>")
    return int(shown.sizeHint().width() > 100) - 1


def second_process() -> int:
    if (pid := int(libc.fork())) == 0:
        os._exit(0)
    return pid


def datagram(address: Path) -> int:
    """To a socket of somebody else, by one of a pair."""
    pair = (ctypes.c_int * 2)()
    if libc.socketpair(1, 2, 0, pair) < 0:
        return -1
    name = b"\1\0" + os.fsencode(address)
    return int(libc.sendto(pair[0], b"x", 1, 0, name, len(name)))


def sockets() -> dict[str, Callable[[], int]]:
    kinds = {"unix": 1, "internet": 2, "internet 6": 10, "netlink": 16, "packets": 17, "vsock": 40}
    return {
        f"a socket of {name}": (lambda family=family: libc.socket(family, 1, 0))
        for name, family in kinds.items()
    }


def tries(daemon: int) -> dict[str, Callable[[], object]]:
    secret, link = elsewhere / "secret", data / "link"
    runtime = data.parent / "run"
    process = Path("/proc", str(daemon))
    return {
        "read elsewhere": read(secret),
        "read by a link": lambda: libc.symlink(*names(secret, link)) or read(link)(),
        "read by the root of this process": read(f"/proc/self/root{secret}"),
        "read by the root of the daemon": read(f"{process}/root{secret}"),
        "read by the folder of the daemon": read(f"{process}/cwd/pyproject.toml"),
        "read the daemon's environment": read(process / "environ"),
        "read the daemon's memory": read(process / "mem"),
        "read the token": read(runtime / "token"),
        "read the state": read(runtime / "state.json"),
        "read passwords": read("/etc/shadow"),
        "list the runtime folder": read(runtime),
        "list elsewhere": read(elsewhere),
        "list the folder of temporary files": read("/tmp"),
        "write elsewhere": wrote(secret),
        "make elsewhere": wrote(elsewhere / "made"),
        "make a folder elsewhere": lambda: libc.mkdir(*names(elsewhere / "folder"), 0o700),
        "make in the runtime folder": wrote(runtime / "made"),
        "remove elsewhere": lambda: libc.unlink(*names(secret)),
        "remove the daemon's socket": lambda: libc.unlink(*names(runtime / "ctl.sock")),
        "shorten elsewhere": lambda: libc.truncate(*names(secret), 0),
        "move hither": lambda: libc.rename(*names(secret, data / "moved")),
        "move thither": lambda: libc.rename(*names(data / "cells.tif", elsewhere / "moved")),
        "link hither": lambda: libc.link(*names(secret, data / "linked")),
        "write code": wrote(Path(napari.__file__)),
        "write a start-up file": wrote(Path.home() / ".bashrc"),
        "write a cache that others load": wrote(Path.home() / ".cache/made"),
        "write settings that others obey": wrote(Path.home() / ".config/made"),
        "make what a napari with programs restores": lambda: libc.mkdir(
            *names(runtime / "companion"), 0o700
        ),
        "write to the kernel": wrote("/proc/sys/kernel/core_pattern"),
        "mount": lambda: libc.mount(*names(elsewhere, data), None, 4096, None),
        "a picture of Qt": lambda: QImage(str(elsewhere / "picture.png")).width() - 1,
        "a picture in Qt's text": picture_of_text,
        "a program": program,
        "a program without a file": program_in_memory,
        "a process": second_process,
        "a datagram for somebody else": lambda: datagram(elsewhere / "socket"),
        "a key of the user": lambda: libc.syscall(KEYCTL, 0, -4, 1),
        "a shell": lambda: -1 if libc.system(b"true") else 0,
        "requests past all filters": lambda: libc.syscall(425, 1, ctypes.create_string_buffer(120)),
        "stop the daemon": lambda: libc.kill(daemon, 0),
        "limit the daemon": lambda: libc.prlimit(daemon, 0, None, ctypes.create_string_buffer(16)),
        "trace the daemon": lambda: libc.ptrace(16, daemon, None, None),
        **sockets(),
    }


def open_files() -> list[str]:
    """The names of all that is open here, as far as it has one."""
    descriptors = Path("/proc/self/fd").iterdir()
    return [str(one.readlink()) for one in descriptors if one.is_symlink()]


def note() -> None:
    """Once all is closed that is to be closed: from then on a user has it before him."""
    status = Path("/proc/self/status").read_text()
    if "Seccomp:\t2" not in status:
        return
    timer.stop()
    opened = open_files()
    daemon = int(status.split("PPid:")[1].split()[0])
    told = {name: outcome(one) for name, one in tries(daemon).items()}
    new = notes.with_suffix(".new")
    new.write_text(json.dumps({"tries": told, "open files": opened}))
    new.rename(notes)


timer = QTimer()
timer.timeout.connect(note)
timer.start(200)
napari.run()
