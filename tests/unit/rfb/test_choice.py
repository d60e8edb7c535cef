"""Which RFB server shows the desktop, and what happens where a part of ours is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

from desktopd.geometry import Size
from desktopd.rfb.choice import choose, create
from desktopd.rfb.viewers.connection import Limits
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.trace import Trace

WITHOUT_MODULE = "import sys; sys.modules[{!r}] = None"

WITHOUT_XKBCOMMON = """
import ctypes
every = ctypes.CDLL
def without(name, *arguments, **options):
    if "xkbcommon" in str(name):
        raise OSError
    return every(name, *arguments, **options)
ctypes.CDLL = without
"""

# As where kernel.shmmax or shmall is small: the system refuses what is too large.
WITHOUT_MEMORY = """
import resource
from desktopd.x11.screen import shm
get = shm._libc.shmget
def limited(key, size, flags):
    return get(key, min(size, 2**62), flags) if size < 2**20 else get(key, 2**62, flags)
shm._libc.shmget = limited
"""

ALL_TAKEN = """
import ctypes, errno
from desktopd.x11.screen import shm
shm._libc.shmget = lambda *_: (ctypes.set_errno(errno.ENOSPC), -1)[1]
"""

CHOICE = """
import desktopd.__main__
from desktopd.geometry import Size
from desktopd.rfb.choice import choose, create
size = Size(1600, 900)
print(choose("auto", "auto", size))
try:
    choose("native", "auto", size)
except ValueError as error:
    print(error)
"""


@dataclass
class Session:
    """A session of which nothing runs yet."""

    rfb_target: Path = Path("/nowhere/rfb.sock")
    clipboard_text: str = ""
    status: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(display=None))

    scale = None

    async def resize(self, size: Size, scale: float | None = None) -> Size:
        return size

    async def set_clipboard(self, text: str) -> None:
        self.clipboard_text = text

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        return lambda: None

    def on_clipboard(self, handler: Callable[[str], None]) -> Callable[[], None]:
        return lambda: None


@pytest.mark.parametrize(
    ("rfb", "display", "path"),
    [
        ("auto", "auto", PixelPath.NATIVE),
        ("auto", "xvfb", PixelPath.NATIVE),
        ("native", "xdummy", PixelPath.NATIVE),
        ("x11vnc", "auto", PixelPath.X11VNC),
        ("xvnc", "auto", PixelPath.XVNC),
        ("auto", "xvnc", PixelPath.XVNC),
    ],
)
def test_what_the_settings_ask_for(rfb: str, display: str, path: PixelPath) -> None:
    assert choose(rfb, display, Size(1600, 900)) is path


@pytest.mark.parametrize(
    ("without", "reason"),
    [
        *(
            (
                WITHOUT_MODULE.format(module),
                f"the native RFB server needs {module}: pip install 'desktopd[fast]'",
            )
            for module in ("numpy", "simplejpeg", "isal")
        ),
        (
            WITHOUT_XKBCOMMON,
            "the native RFB server cannot run: "
            "libxkbcommon is not installed: apt-get install libxkbcommon0",
        ),
        (
            WITHOUT_MEMORY,
            "the native RFB server cannot run: no shared memory of 11520000 bytes: "
            "Cannot allocate memory; set a smaller max_size",
        ),
    ],
)
def test_where_a_part_of_ours_is_missing_x11vnc_shows_the_display(
    without: str, reason: str
) -> None:
    program = [sys.executable, "-c", without + CHOICE]
    done = subprocess.run(program, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["x11vnc", f"rfb=native: {reason}"]
    assert f"x11vnc shows the display: {reason}" in done.stderr


def test_memory_that_others_have_taken_is_waited_for_by_our_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALL_TAKEN + CHOICE], check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == ["native"]


@pytest.mark.parametrize(
    ("path", "baseline", "listens_itself"),
    [
        (PixelPath.NATIVE, True, False),
        (PixelPath.X11VNC, False, True),
        (PixelPath.XVNC, False, True),
    ],
)
def test_what_each_of_them_is(path: PixelPath, baseline: bool, listens_itself: bool) -> None:
    session = Session()
    server = create(path, session, "a desktop", Limits(), Trace(), lambda: False, Size(640, 480))
    assert (server.path, server.baseline) == (path, baseline)
    assert server.socket == (None if listens_itself else session.rfb_target)
