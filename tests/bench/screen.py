"""X for the workloads: a display with its cookie, a window, frames in shared memory."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from Xlib import X
from Xlib.protocol import rq

from desktopd.geometry import Size
from desktopd.x11.authority import read_cookie
from desktopd.x11.screen.segment import Segment
from desktopd.x11.xlib_patches import Address, Display, open_display
from tests.bench import barcode

DEPTH = 24


def connect() -> Display:
    """The display that the environment names."""
    name = os.environ["DISPLAY"]
    number = int(name.lstrip(":"))
    authority = os.environ.get("XAUTHORITY")
    connected = socket.socket(socket.AF_UNIX)
    connected.connect(f"/tmp/.X11-unix/X{number}")
    cookie = read_cookie(Path(authority), number) if authority else b""
    return open_display(Address(name, connected, cookie))


class _PutImage(rq.Request):  # type: ignore[misc]  # python-xlib is not typed
    """MIT-SHM ShmPutImage."""

    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(3),
        rq.RequestLength(),
        rq.Drawable("drawable"),
        rq.GC("gc"),
        rq.Card16("total_width"),
        rq.Card16("total_height"),
        rq.Card16("source_x"),
        rq.Card16("source_y"),
        rq.Card16("width"),
        rq.Card16("height"),
        rq.Int16("x"),
        rq.Int16("y"),
        rq.Card8("depth"),
        rq.Card8("format"),
        rq.Bool("send_event"),
        rq.Pad(1),
        rq.Card32("segment"),
        rq.Card32("offset"),
    )


class Canvas(Segment):
    """Frames in memory that the X server shares: each is shown without being sent."""

    def __init__(self, display: Display, frames: NDArray[np.uint8]) -> None:
        """`frames`: number, height, width, 4 bytes each: blue, green, red, 0."""
        super().__init__(display, frames.nbytes)
        pixels = np.frombuffer(memoryview(self.memory), np.uint8)
        self.frames: NDArray[np.uint8] = pixels.reshape(frames.shape)
        self.frames[:] = frames

    def show(self, window: Window, frame: int) -> None:
        """Ask the server to copy a frame to the window."""
        height, width = self.frames.shape[1:3]
        self._send(
            _PutImage,
            drawable=window.window,
            gc=window.gc,
            total_width=width,
            total_height=height,
            source_x=0,
            source_y=0,
            width=width,
            height=height,
            x=0,
            y=0,
            depth=DEPTH,
            format=X.ZPixmap,
            send_event=False,
            offset=frame * height * width * 4,
        )


class Window:
    """A window above all others that no window manager touches."""

    def __init__(self, display: Display, size: Size) -> None:
        screen = display.screen()
        self.window = screen.root.create_window(
            *(0, 0, size.width, size.height, 0, screen.root_depth, X.InputOutput, X.CopyFromParent),
            background_pixel=screen.black_pixel,
            override_redirect=True,
            event_mask=X.ExposureMask | X.ButtonPressMask,
        )
        self.gc = self.window.create_gc(graphics_exposures=False)
        self.window.map()

    def fill(self, colour: int, x: int, y: int, side: int) -> None:
        """Fill a square with a colour, 0xRRGGBB."""
        self.gc.change(foreground=colour)
        self.window.fill_rectangle(self.gc, x, y, side, side)

    def put(self, pixels: NDArray[np.uint8], x: int, y: int) -> None:
        """Send a small picture: height, width, blue, green, red, 0."""
        height, width = pixels.shape[:2]
        data = pixels.tobytes()
        self.window.put_image(self.gc, x, y, width, height, X.ZPixmap, DEPTH, 0, data)

    def mark(self, number: int) -> None:
        """Send the code of a frame number to the top left corner."""
        self.put(barcode.draw(number), 0, 0)
