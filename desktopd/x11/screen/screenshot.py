"""One picture of the whole screen, by the core protocol alone (GetImage)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from io import BytesIO

from PIL import Image
from Xlib import X

from desktopd.geometry import Size
from desktopd.x11.connection import Connection, Display, XError, XRequestError, x_errors
from desktopd.x11.screen.randr import screen_size

STRIP_BYTES = 4 * 1024 * 1024
COLOUR_PLANES = 0x00FFFFFF
_ATTEMPTS = 5
_BYTES_PER_PIXEL = 4


async def screenshot(connection: Connection) -> bytes:
    """The whole screen as PNG, without the pointer.

    It is read in strips, between which X serves others, so a moving picture may be torn. Raises
    XError when the screen's pixels are not 32 bits of RGB, or its size keeps changing.
    """
    for _ in range(_ATTEMPTS):
        size = await connection.call(screen_size)
        try:
            strips = [
                await connection.call(partial(_strip, y=y, size=strip))
                for y, strip in _strips(size)
            ]
        except XRequestError:
            if size == await connection.call(screen_size):
                raise
        else:
            if size == await connection.call(screen_size):
                return await asyncio.to_thread(_png, size, strips)
    raise XError(f"the screen changed its size {_ATTEMPTS} times while it was being read")


def read_pixels(display: Display, x: int, y: int, size: Size) -> bytes:
    """In the X thread: a part of the screen, 4 bytes a pixel: blue, green, red, 0."""
    _check_format(display)
    root = display.screen().root
    reply = root.get_image(x, y, size.width, size.height, X.ZPixmap, COLOUR_PLANES)
    return bytes(reply.data)


def _strip(display: Display, y: int, size: Size) -> bytes:
    with x_errors(display, f"GetImage {size}+0+{y}"):
        return read_pixels(display, 0, y, size)


def _strips(size: Size) -> Iterator[tuple[int, Size]]:
    step = max(1, STRIP_BYTES // (_BYTES_PER_PIXEL * size.width))
    for y in range(0, size.height, step):
        yield y, Size(size.width, min(step, size.height - y))


def _check_format(display: Display) -> None:
    screen, info = display.screen(), display.display.info
    bits = {entry.depth: entry.bits_per_pixel for entry in info.pixmap_formats}[screen.root_depth]
    if bits != 8 * _BYTES_PER_PIXEL or info.image_byte_order != X.LSBFirst:
        raise XError(
            f"the screen has depth {screen.root_depth}, pixels of {bits} bits"
            f" and byte order {info.image_byte_order}: start it with depth 24"
        )


def _png(size: Size, strips: list[bytes]) -> bytes:
    """Off the loop: the picture, packed for speed rather than for size."""
    pixels = b"".join(strips)
    picture = Image.frombuffer("RGB", (size.width, size.height), pixels, "raw", "BGRX", 0, 1)
    file = BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()
