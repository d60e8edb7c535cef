"""Small H.264 streams in the way that a desktop sends them."""

from __future__ import annotations

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


class Video:
    """An encoder whose every frame comes at once: BT.601, full range or limited, one slice."""

    def __init__(self, width: int, height: int, *, limited: bool = False) -> None:
        self._range = ColorRange.MPEG if limited else ColorRange.JPEG
        self._context = av.CodecContext.create("libx264", "w")
        self._context.width, self._context.height = width, height
        self._context.pix_fmt = "yuv420p"
        self._context.framerate = 30  # type: ignore[assignment]
        self._context.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "crf": "10",
            "x264-params": "slices=1:sliced-threads=0:threads=1:keyint=infinite:repeat-headers=1"
            f":fullrange={'off' if limited else 'on'}:colormatrix=smpte170m:colorprim=bt709"
            ":transfer=iec61966-2-1",
        }

    def encode(self, rgb: Pixels) -> bytes:
        """The next frame as Annex B."""
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
            format="yuv420p",
            dst_colorspace=Colorspace.ITU601,
            dst_color_range=self._range,
        )
        return b"".join(bytes(packet) for packet in self._context.encode(frame))


def flat(width: int, height: int, rgb: tuple[int, int, int]) -> Pixels:
    """A picture of one colour."""
    return np.full((height, width, 3), rgb, np.uint8)
