"""A small RFB viewer for the tests: what a server sends it becomes a picture that can be compared.

RFC 6143 and the rfbproto registry. It knows of each pixel whether it came without loss.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from struct import pack, unpack
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from tests.rfb_decoders import Form, Steps, Tight, Values, Zrle, raw, shown, video_decoder, webp

_PACED = (Encoding.FENCE, Encoding.CONTINUOUS_UPDATES)
COMMON = (
    *(Encoding.EXTENDED_DESKTOP_SIZE, Encoding.LAST_RECT, Encoding.DESKTOP_NAME),
    *_PACED,
)
QUALITY = Encoding.JPEG_QUALITY_0 + 6
VIDEO = (Encoding.H264, Encoding.TIGHT, QUALITY, *COMMON)
PHOTOS = (Encoding.TIGHT, QUALITY, *COMMON)
LOSSLESS = (Encoding.TIGHT, *COMMON)

_FENCE_REQUEST = 1 << 31
_FENCE_FLAGS = 0b111
_PIXEL_ENCODINGS = (
    *(Encoding.RAW, Encoding.COPYRECT, Encoding.TIGHT, Encoding.ZRLE),
    *(Encoding.WEBP, Encoding.H264),
)


class RfbViewer:
    """One viewer; `run` reads what the server says until it leaves."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        encodings: Iterable[int] = VIDEO,
        pixel_format: PixelFormat = NATIVE,
    ) -> None:
        self.reader, self.writer = reader, writer
        self.encodings = tuple(encodings)
        self.form = Form(pixel_format)
        self.pixel_format = pixel_format
        self.size = (0, 0)
        self.picture: Values = np.zeros((0, 0), np.uint32)
        self.lossy: NDArray[np.bool_] = np.zeros((0, 0), np.bool_)
        self.name = ""
        self.updates = 0
        self.received = 0
        self.seen: Counter[Encoding] = Counter()
        self.means: Counter[str] = Counter()
        """How the rectangles of Tight came."""
        self.resizes: list[tuple[int, int, int, int]] = []
        """Reason, status, width and height of each ExtendedDesktopSize."""
        self.cursors: list[tuple[Encoding, int, int, int, int]] = []
        self.texts: list[str] = []
        self.cut_texts: list[bytes] = []
        """The data of each message of the Extended Clipboard."""
        self.leds: int | None = None
        self.colours: int = 0
        self.decodes_video = True
        self.answers_fences = True
        self.reads = asyncio.Event()
        """Whether it goes on reading."""
        self.reads.set()
        self.on_update: Callable[[RfbViewer], None] = lambda _: None
        self._unanswered: list[bytes] = []
        # What was asked for before may still be on its way.
        self._asked_for = {Encoding.RAW, *self.encodings}
        self._continuous = False
        self._tight, self._zrle = Tight(), Zrle()
        self._videos: dict[tuple[int, int, int, int], av.VideoCodecContext] = {}

    async def run(self) -> None:
        """Until the server leaves; AssertionError for what it may not say."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await self._follow(self._greet())
            while True:
                await self.reads.wait()
                await self._follow(self._message())

    async def _follow(self, steps: Steps[Any]) -> None:
        with suppress(StopIteration):
            wanted = next(steps)
            while True:
                data = await self.reader.readexactly(wanted) if wanted else b""
                self.received += wanted
                wanted = steps.send(data)

    # What it says.

    def say(self, data: bytes) -> None:
        if not self.writer.is_closing():
            self.writer.write(data)

    def set_encodings(self, encodings: Iterable[int]) -> None:
        self.encodings = tuple(encodings)
        self._asked_for.update(self.encodings)
        self.say(pack(f">BxH{len(self.encodings)}i", 2, len(self.encodings), *self.encodings))

    def set_pixel_format(self, target: PixelFormat) -> None:
        """The whole picture is asked for in the new form, so `picture` begins anew."""
        self.pixel_format, self.form = target, Form(target)
        self.say(b"\0\0\0\0" + target.pack())

    def request(self, *, incremental: bool = True) -> None:
        self.say(pack(">BBHHHH", 3, incremental, 0, 0, *self.size))

    def enable_continuous_updates(self, enable: bool = True) -> None:
        self.say(pack(">BBHHHH", 150, enable, 0, 0, *self.size))

    def key(self, keysym: int, down: bool) -> None:
        self.say(pack(">BBxxI", 4, down, keysym))

    def pointer(self, x: int, y: int, buttons: int) -> None:
        self.say(pack(">BBHH", 5, buttons, x, y))

    def cut_text(self, text: str) -> None:
        said = text.encode("latin-1")
        self.say(pack(">BxxxI", 6, len(said)) + said)

    def extended_cut_text(self, data: bytes) -> None:
        self.say(pack(">Bxxxi", 6, -len(data)) + data)

    def resize(self, width: int, height: int) -> None:
        """SetDesktopSize with one screen."""
        screen = pack(">IHHHHI", 0, 0, 0, width, height, 0)
        self.say(pack(">BxHHBx", 251, width, height, 1) + screen)

    def answer_fences(self) -> None:
        """Send all the answers that were held back."""
        self.answers_fences = True
        for answer in self._unanswered:
            self.say(answer)
        self._unanswered.clear()

    async def close(self) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

    # What it hears.

    def _greet(self) -> Steps[None]:
        assert (yield 12) == b"RFB 003.008\n"
        self.say(b"RFB 003.008\n")
        kinds = yield (yield 1)[0]
        assert 1 in kinds, "no security type None"
        self.say(b"\1")
        assert (yield 4) == b"\0\0\0\0"
        self.say(b"\1")
        start = yield 24
        self._resize(*unpack(">HH", start[:4]))
        assert start[4:20] == NATIVE.pack()
        self.name = (yield unpack(">I", start[20:])[0]).decode()
        self.set_pixel_format(self.pixel_format)
        self.set_encodings(self.encodings)
        self.request(incremental=False)

    def _message(self) -> Steps[None]:
        kind = (yield 1)[0]
        if kind == 0:
            yield from self._update()
        elif kind == 1:
            first, count = unpack(">xHH", (yield 5))
            yield 6 * count
            self.colours = first + count
        elif kind == 3:
            (length,) = unpack(">3xi", (yield 7))
            said = yield abs(length)
            if length < 0:
                self.cut_texts.append(said)
            else:
                self.texts.append(said.decode("latin-1"))
        elif kind == 150:
            if not self._continuous:
                self._continuous = True
                self.enable_continuous_updates()
        elif kind == 248:
            flags, length = unpack(">3xIB", (yield 8))
            self._fence(flags, (yield length))
        elif kind == 250:
            yield 3
        else:
            raise AssertionError(f"unknown server message {kind}")

    def _fence(self, flags: int, payload: bytes) -> None:
        assert Encoding.FENCE in self.encodings
        if flags & _FENCE_REQUEST:
            answer = pack(">BxxxIB", 248, flags & _FENCE_FLAGS, len(payload)) + payload
            self._unanswered.append(answer)
            if self.answers_fences:
                self.answer_fences()

    def _update(self) -> Steps[None]:
        (count,) = unpack(">xH", (yield 3))
        drawn = False
        for _ in range(count):
            *area, number = unpack(">4Hi", (yield 12))
            encoding = Encoding(number)
            assert encoding in self._asked_for, f"{encoding!r} was not asked for"
            self.seen[encoding] += 1
            if encoding is Encoding.LAST_RECT:
                break
            if encoding in _PIXEL_ENCODINGS:
                drawn = True
            yield from self._rectangle(encoding, *area)
        if drawn:
            self.updates += 1
            if not self._continuous:
                self.request()
            self.on_update(self)

    def _rectangle(
        self, encoding: Encoding, x: int, y: int, width: int, height: int
    ) -> Steps[None]:
        if encoding is Encoding.EXTENDED_DESKTOP_SIZE:
            (screens,) = unpack(">B3x", (yield 4))
            yield 16 * screens
            self.resizes.append((x, y, width, height))
            if y == 0:
                self._resize(width, height)
        elif encoding is Encoding.DESKTOP_SIZE:
            self._resize(width, height)
        elif encoding is Encoding.DESKTOP_NAME:
            self.name = (yield unpack(">I", (yield 4))[0]).decode()
        elif encoding in (Encoding.QEMU_EXTENDED_KEY_EVENT, Encoding.EXTENDED_MOUSE_BUTTONS):
            assert (x, y, width, height) == (0, 0, 0, 0)
        elif encoding is Encoding.QEMU_LED_STATE:
            self.leds = (yield 1)[0]
        elif encoding is Encoding.CURSOR:
            yield width * height * self.form.bytes
            yield (width + 7) // 8 * height
            self.cursors.append((encoding, x, y, width, height))
        elif encoding is Encoding.CURSOR_WITH_ALPHA:
            assert unpack(">i", (yield 4)) == (Encoding.RAW,)
            yield width * height * 4
            self.cursors.append((encoding, x, y, width, height))
        else:
            yield from self._pixels(encoding, x, y, width, height)

    def _pixels(self, encoding: Encoding, x: int, y: int, width: int, height: int) -> Steps[None]:
        assert width > 0
        assert height > 0
        assert x + width <= self.size[0], f"{width}x{height}+{x}+{y} is not on {self.size}"
        assert y + height <= self.size[1], f"{width}x{height}+{x}+{y} is not on {self.size}"
        place = np.s_[y : y + height, x : x + width]
        lossy = False
        if encoding is Encoding.RAW:
            found = yield from raw(width, height, self.form)
        elif encoding is Encoding.WEBP:
            found = yield from webp(width, height, self.form)
        elif encoding is Encoding.ZRLE:
            found = yield from self._zrle.rectangle(width, height, self.form)
        elif encoding is Encoding.TIGHT:
            found = yield from self._tight.rectangle(width, height, self.form)
            self.means[self._tight.used] += 1
            lossy = self._tight.used == "jpeg"
        elif encoding is Encoding.H264:
            found = yield from self._video(x, y, width, height)
            lossy = True
        else:
            from_x, from_y = unpack(">HH", (yield 4))
            source = np.s_[from_y : from_y + height, from_x : from_x + width]
            found = self.picture[source].copy()
            self.lossy[place] = self.lossy[source].copy()
            self.picture[place] = found
            return
        self.picture[place] = found
        self.lossy[place] = lossy

    def _video(self, x: int, y: int, width: int, height: int) -> Steps[Values]:
        length, flags = unpack(">II", (yield 8))
        data = yield length
        if flags & 2:
            self._videos.clear()
        elif flags & 1:
            self._videos.pop((x, y, width, height), None)
        fresh = (x, y, width, height) not in self._videos
        assert not fresh or flags & 3, "a stream without a beginning"
        decoder = self._videos.setdefault((x, y, width, height), video_decoder())
        if not self.decodes_video:
            return self.picture[y : y + height, x : x + width]
        octets = shown(decoder.decode(av.Packet(data)))
        assert octets.shape == (height, width, 3)
        return self.form.of_rgb(octets)

    def _resize(self, width: int, height: int) -> None:
        if self.size == (width, height):
            return
        self.size = width, height
        self.picture = np.zeros((height, width), np.uint32)
        self.lossy = np.ones((height, width), np.bool_)
        if self._continuous:
            self.enable_continuous_updates()
