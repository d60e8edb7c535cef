"""A viewer's side of the encodings, written for the tests alone, from RFC 6143 and rfbproto.

A decoder is a generator: it yields how many bytes it wants next, is sent exactly those, and
returns the pixels as the numbers that the viewer's pixel format gives them.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Generator
from struct import unpack
from typing import Any, TypeVar

import av
import numpy as np
from av.video.reformatter import ColorRange
from numpy.typing import NDArray
from PIL import Image

from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import PixelFormat

T = TypeVar("T")
Steps = Generator[int, bytes, T]
Values = NDArray[np.uint32]
Octets = NDArray[np.uint8]

FILL, JPEG = 8, 9
RESET_CONTEXT = 1
_ZRLE_TILE = 64


def decoded(steps: Steps[T], data: bytes) -> T:
    """Feed all of `data`; it must be exactly what the decoder wants."""
    at = 0
    try:
        wanted = next(steps)
        while True:
            assert at + wanted <= len(data), "the rectangle is cut short"
            at += wanted
            wanted = steps.send(data[at - wanted : at])
    except StopIteration as ended:
        assert at == len(data), "bytes after the end of the rectangle"
        found: T = ended.value
        return found


class Form:
    """What the bytes of pixels mean in one pixel format (RFC 6143 section 7.4)."""

    def __init__(self, target: PixelFormat) -> None:
        self.bytes = target.bits_per_pixel // 8
        self.big_endian = target.big_endian
        self.channels = (
            (target.red_max, target.red_shift),
            (target.green_max, target.green_shift),
            (target.blue_max, target.blue_shift),
        )
        used = sum(maximum << shift for maximum, shift in self.channels)
        packable = self.bytes == 4 and target.depth <= 24 and target.true_colour
        self.high = used >= 1 << 24
        self.cpixel = 3 if packable and (not self.high or not used & 0xFF) else self.bytes
        self.rgb = (
            target.true_colour
            and (target.bits_per_pixel, target.depth) == (32, 24)
            and all(maximum == 255 for maximum, _ in self.channels)
        )
        self.tpixel = 3 if self.rgb else self.bytes

    def pixels(self, data: bytes) -> Values:
        """The numbers of PIXELs."""
        order = ">" if self.big_endian else "<"
        return np.frombuffer(data, f"{order}u{self.bytes}").astype(np.uint32)

    def cpixels(self, data: bytes) -> Values:
        """The numbers of CPIXELs (section 7.7.5)."""
        if self.cpixel == self.bytes:
            return self.pixels(data)
        parts = np.frombuffer(data, np.uint8).reshape(-1, 3).astype(np.uint32)
        low, middle, high = parts.T[::-1] if self.big_endian else parts.T
        value: Values = low | middle << 8 | high << 16
        return value << np.uint32(8) if self.high else value

    def tpixels(self, data: bytes) -> Values:
        """The numbers of TPIXELs (rfbproto, Tight encoding)."""
        if not self.rgb:
            return self.pixels(data)
        return self.of_rgb(np.frombuffer(data, np.uint8).reshape(-1, 3))

    def of_rgb(self, octets: Octets) -> Values:
        """The numbers nearest to 8 bits of red, green and blue, along the last axis."""
        found = np.zeros(octets.shape[:-1], np.uint32)
        for place, (maximum, shift) in enumerate(self.channels):
            level = (octets[..., place].astype(np.uint32) * maximum + 127) // 255
            found |= level << np.uint32(shift)
        return found


Decoder = Callable[[int, int, Form], Steps[Values]]
"""Reads a rectangle of a width, a height and a pixel format behind its header."""


class Tight:
    """The Tight encoding (rfbproto): four zlib streams that live on."""

    def __init__(self) -> None:
        self.streams = [zlib.decompressobj() for _ in range(4)]
        self.used = ""

    def rectangle(self, width: int, height: int, form: Form) -> Steps[Values]:
        control = (yield 1)[0]
        for number in range(4):
            if control >> number & 1:
                self.streams[number] = zlib.decompressobj()
        if control >> 4 == FILL:
            self.used = "fill"
            colour = form.tpixels((yield form.tpixel))
            return np.full((height, width), colour[0], np.uint32)
        if control >> 4 == JPEG:
            self.used = "jpeg"
            picture = Image.open(io.BytesIO((yield (yield from compact_length()))))
            octets = np.asarray(picture.convert("RGB"))
            assert octets.shape == (height, width, 3)
            return form.of_rgb(octets)
        assert control >> 7 == 0
        return (yield from self._filtered(control, width, height, form))

    def _filtered(self, control: int, width: int, height: int, form: Form) -> Steps[Values]:
        name = (yield 1)[0] if control >> 6 & 1 else 0
        stream = self.streams[control >> 4 & 3]
        if name == 1:
            count = (yield 1)[0] + 1
            palette = form.tpixels((yield count * form.tpixel))
            row = -(-width // 8) if count == 2 else width
            data = yield from _inflated(stream, row * height)
            indices = np.frombuffer(data, np.uint8).reshape(height, row)
            self.used = "mono" if count == 2 else "palette"
            if count == 2:
                indices = np.unpackbits(indices, axis=1)[:, :width]
            return palette[indices]
        data = yield from _inflated(stream, width * height * form.tpixel)
        self.used = {0: "copy", 2: "gradient"}[name]
        if name == 2:
            assert form.rgb
            data = predicted(np.frombuffer(data, np.uint8).reshape(height, width, 3)).tobytes()
        return form.tpixels(data).reshape(height, width)


def predicted(differences: Octets) -> Octets:
    """What the GradientFilter was applied to: one diagonal after the other."""
    height, width, depth = differences.shape
    found = np.zeros((height + 1, width + 1, depth), np.int16)
    for diagonal in range(height + width - 1):
        y = np.arange(max(0, diagonal - width + 1), min(height, diagonal + 1)) + 1
        x = diagonal + 2 - y
        guess = found[y, x - 1] + found[y - 1, x] - found[y - 1, x - 1]
        found[y, x] = differences[y - 1, x - 1] + np.clip(guess, 0, 255) & 255
    return found[1:, 1:].astype(np.uint8)


def _inflated(stream: Any, size: int) -> Steps[bytes]:
    if size < 12:
        return (yield size) if size else b""
    found: bytes = stream.decompress((yield (yield from compact_length())))
    assert len(found) == size
    return found


def compact_length() -> Steps[int]:
    """7, 7 and 8 bits, the low ones first."""
    found = 0
    for shift in (0, 7, 14):
        octet = (yield 1)[0]
        if shift == 14:
            return found | octet << 14
        found |= (octet & 0x7F) << shift
        if not octet & 0x80:
            break
    return found


def webp(width: int, height: int, form: Form) -> Steps[Values]:
    """Our own encoding: a length, and a WebP file."""
    (length,) = unpack(">I", (yield 4))
    picture = Image.open(io.BytesIO((yield length)))
    assert (picture.format, picture.size, picture.mode) == ("WEBP", (width, height), "RGB")
    return form.of_rgb(np.asarray(picture))


class Zrle:
    """ZRLE (RFC 6143 section 7.7.6): one zlib stream for all rectangles."""

    def __init__(self) -> None:
        self.stream = zlib.decompressobj()
        self.kinds: set[int] = set()

    def rectangle(self, width: int, height: int, form: Form) -> Steps[Values]:
        (length,) = unpack(">I", (yield 4))
        self._rest = self.stream.decompress((yield length))
        found = np.zeros((height, width), np.uint32)
        for top in range(0, height, _ZRLE_TILE):
            for left in range(0, width, _ZRLE_TILE):
                part = found[top : top + _ZRLE_TILE, left : left + _ZRLE_TILE]
                part[:] = self._tile(part.shape[1], part.shape[0], form)
        assert self._rest == b"", "bytes after the last tile"
        return found

    def _tile(self, width: int, height: int, form: Form) -> Values:
        kind = self._take(1)[0]
        self.kinds.add(kind)
        if kind == 0:
            pixels = form.cpixels(self._take(width * height * form.cpixel))
            return pixels.reshape(height, width)
        assert kind <= 16, "17 to 127 are unused, run lengths are not made here"
        palette = form.cpixels(self._take(kind * form.cpixel))
        if kind == 1:
            return np.full((height, width), palette[0], np.uint32)
        bits = 1 if kind == 2 else 2 if kind <= 4 else 4
        row = (width * bits + 7) // 8
        packed = np.frombuffer(self._take(row * height), np.uint8).reshape(height, row)
        places = np.unpackbits(packed, axis=1)[:, : width * bits].reshape(height, width, bits)
        weights = 1 << np.arange(bits)[::-1]
        return palette[places @ weights]

    def _take(self, count: int) -> bytes:
        assert len(self._rest) >= count, "the rectangle is cut short"
        found, self._rest = self._rest[:count], self._rest[count:]
        return found


def raw(width: int, height: int, form: Form) -> Steps[Values]:
    """Raw (RFC 6143 section 7.7.1)."""
    return form.pixels((yield width * height * form.bytes)).reshape(height, width)


class H264:
    """Open H.264 (rfbproto) in one place: frames that follow each other."""

    def __init__(self) -> None:
        self._decoder: av.VideoCodecContext | None = None

    def rectangle(self, width: int, height: int, form: Form) -> Steps[Values]:
        length, flags = unpack(">II", (yield 8))
        data = yield length
        if flags & RESET_CONTEXT:
            self._decoder = video_decoder()
        assert self._decoder is not None, "a stream without a beginning"
        octets = shown(self._decoder.decode(av.Packet(data)))
        if octets.shape[:2] == (-(-height // 4) * 2, -(-width // 4) * 2) != (height, width):
            enlarged = Image.fromarray(octets).resize((width, height), Image.Resampling.BILINEAR)
            octets = np.asarray(enlarged)
        assert octets.shape == (height, width, 3)
        return form.of_rgb(octets)


def decoders() -> dict[Encoding, Decoder]:
    """A viewer's decoders of rectangles, which live on; a new encoding needs one here."""
    return {
        Encoding.RAW: raw,
        Encoding.TIGHT: Tight().rectangle,
        Encoding.WEBP: webp,
        Encoding.ZRLE: Zrle().rectangle,
        Encoding.H264: H264().rectangle,
    }


def video_decoder() -> av.VideoCodecContext:
    """Of H.264, that gives each frame at once."""
    decoder = av.CodecContext.create("h264", "r")
    decoder.flags |= av.codec.context.Flags.low_delay
    decoder.thread_count = 1
    assert isinstance(decoder, av.VideoCodecContext)
    return decoder


def shown(frames: list[av.VideoFrame]) -> Octets:
    """The one frame, by the formula of JPEG (BT.601) or in its range: shape (height, width, 3)."""
    (frame,) = frames
    luma, *chroma = (plane(part, frame) for part in range(3))
    if frame.color_range == ColorRange.MPEG:
        luma = (luma - 16) * 255 / 219
        chroma = [128 + (part - 128) * 255 / 224 for part in chroma]
    blue, red = (part.repeat(2, 0).repeat(2, 1)[: frame.height, : frame.width] for part in chroma)
    found = np.stack(
        (
            luma + 1.402 * (red - 128),
            luma - 0.344136 * (blue - 128) - 0.714136 * (red - 128),
            luma + 1.772 * (blue - 128),
        ),
        axis=-1,
    )
    return np.clip(found.round(), 0, 255).astype(np.uint8)


def plane(number: int, frame: av.VideoFrame) -> NDArray[np.float64]:
    """One plane of a frame in I420."""
    assert frame.format.name in ("yuv420p", "yuvj420p")
    part = frame.planes[number]
    octets = np.frombuffer(part, np.uint8).reshape(-1, part.line_size)
    return octets[: part.height, : part.width].astype(np.float64)
