"""The pointer's picture as the pseudo-encodings Cursor, Cursor With Alpha and VMware Cursor."""

from __future__ import annotations

from dataclasses import dataclass
from struct import pack

import numpy as np
from numpy.typing import NDArray

from desktopd.rfb.encoders.pixels import translate
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import PixelFormat
from desktopd.rfb.protocol.rectangles import rectangle_header


@dataclass(frozen=True, slots=True)
class CursorShape:
    """A pointer of `width` x `height` pixels; (`x`, `y`) is the one that points.

    `rgba` holds red, green, blue and straight alpha of each pixel, row by row. A pointer of no
    pixels is invisible.
    """

    x: int
    y: int
    width: int
    height: int
    rgba: bytes

    def __post_init__(self) -> None:
        if len(self.rgba) != self.width * self.height * 4:
            raise ValueError(
                f"{len(self.rgba)} bytes for a pointer of {self.width} x {self.height} pixels, "
                f"expected {self.width * self.height * 4}"
            )

    @property
    def channels(self) -> NDArray[np.uint8]:
        """Shape (height, width, 4)."""
        return np.frombuffer(self.rgba, np.uint8).reshape(self.height, self.width, 4)


def _cursor_rectangle(shape: CursorShape, encoding: Encoding) -> bytes:
    return rectangle_header(shape.x, shape.y, shape.width, shape.height, encoding)


def cursor_with_alpha(shape: CursorShape) -> bytes:
    """The rectangle Cursor With Alpha (rfbproto): Raw, alpha multiplied into the colours."""
    channels = shape.channels.astype(np.uint16)
    channels[..., :3] = (channels[..., :3] * channels[..., 3:] + 127) // 255
    head = _cursor_rectangle(shape, Encoding.CURSOR_WITH_ALPHA)
    return head + pack(">i", Encoding.RAW) + channels.astype(np.uint8).tobytes()


def vmware_cursor(shape: CursorShape) -> bytes:
    """The rectangle VMware Cursor (rfbproto) with straight alpha, as noVNC draws it."""
    return _cursor_rectangle(shape, Encoding.VMWARE_CURSOR) + b"\1\0" + shape.rgba


def cursor(shape: CursorShape, pixel_format: PixelFormat) -> bytes:
    """The rectangle Cursor (section 7.8.1): what is at least half opaque is drawn."""
    red, green, blue, alpha = np.moveaxis(shape.channels.astype(np.uint32), 2, 0)
    pixels = translate(red << 16 | green << 8 | blue, pixel_format).tobytes()
    mask = np.packbits(alpha >= 128, axis=1).tobytes()
    return _cursor_rectangle(shape, Encoding.CURSOR) + pixels + mask
