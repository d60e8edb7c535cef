"""Reads past what a server says, message by message, and leaves its clipboard out.

Bytes in, bytes out. Only servers need it that are not ours; section numbers are those of RFC 6143.
"""

from __future__ import annotations

from collections.abc import Iterator

from desktopd.rfb.protocol import fences
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.handshake import (
    CHALLENGE_LENGTH,
    RFB_3_3,
    RFB_3_8,
    SecurityType,
    Version,
)
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from desktopd.rfb.protocol.rectangle_payloads import (
    PixelArea,
    Reading,
    ReadNext,
    number,
    payload,
    skip,
)
from desktopd.rfb.protocol.server_messages import ServerMessageType

_UNTIL_LAST = 0xFFFF
_FOR_EVER = 1 << 62
_TURN = 256
"""Steps in one go: a message may be a byte long, and takes as long as a picture."""


class ServerStream:
    """What a server says behind its version, without its cut texts, also the extended ones.

    `version` and `security_type` are what the viewer chooses, and `pixel_format` becomes what it
    asks for: they have to be set before the server can know them.
    """

    def __init__(self) -> None:
        self.version: Version | None = None
        self.security_type = SecurityType.NONE
        self.pixel_format = NATIVE
        self._heard = bytearray()
        self._passed = bytearray()
        self._passing = True
        self._reading = self._read()
        self._wanted = next(self._reading)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take further bytes, cut anywhere; yields those that go to the viewer, in short turns.

        All of it has to be iterated before more is fed. Raises ProtocolError at what cannot be
        followed.
        """
        self._heard += data
        while len(self._heard) >= self._wanted.least:
            for _ in range(_TURN):
                if len(self._heard) < self._wanted.least:
                    break
                self._step()
            passed = bytes(self._passed)
            self._passed.clear()
            yield passed

    def _step(self) -> None:
        said = bytes(self._heard[: self._wanted.most])
        del self._heard[: len(said)]
        if self._passing:
            self._passed += said
        self._wanted = self._reading.send(said)

    def _read(self) -> Reading:
        yield from self._handshake()
        self.pixel_format = PixelFormat.parse((yield ReadNext(16, 16)))
        yield from skip((yield from number(4)))
        while True:
            yield from self._message()

    def _handshake(self) -> Reading:
        """Up to SecurityResult (section 7.1), and the size; of RFB 3.3 only that is left here."""
        first = yield ReadNext(1, 1)
        if self.version is None:
            raise ProtocolError("the server goes on before the viewer has chosen a version")
        if self.version == RFB_3_3:
            # What was read is the width's first byte.
            yield from skip(3)
            return
        types = first[0]
        yield from skip(types)
        if types and self.security_type is SecurityType.VNC_AUTHENTICATION:
            yield from skip(CHALLENGE_LENGTH)
        if not types or self._has_result():
            result = (yield from number(4)) if types else 1
            if result:
                # A reason follows, and then the end.
                yield from skip(_FOR_EVER)
        yield from skip(4)

    def _has_result(self) -> bool:
        """Whether SecurityResult follows (section 7.1.3)."""
        return self.version == RFB_3_8 or self.security_type is not SecurityType.NONE

    def _message(self) -> Reading:
        self._passing = False
        kind = yield ReadNext(1, 1)
        if kind[0] == ServerMessageType.SERVER_CUT_TEXT:
            yield from skip(3)
            length = int.from_bytes((yield ReadNext(4, 4)), signed=True)
            yield from skip(abs(length))
            return
        self._passing = True
        self._passed += kind
        match kind[0]:
            case ServerMessageType.FRAMEBUFFER_UPDATE:
                yield from self._update()
            case ServerMessageType.SET_COLOUR_MAP_ENTRIES:
                yield from skip(3)
                yield from skip(6 * (yield from number(2)))
            case fences.FENCE:
                yield from skip(7)
                yield from skip((yield from number(1)))
            case ServerMessageType.XVP:
                yield from skip(3)
            case ServerMessageType.END_OF_CONTINUOUS_UPDATES | ServerMessageType.BELL:
                pass
            case unknown:
                raise ProtocolError(f"server message type {unknown} is not known here")

    def _update(self) -> Reading:
        """FramebufferUpdate (section 7.6.1)."""
        yield from skip(1)
        count = yield from number(2)
        while count:
            yield from skip(4)
            width = yield from number(2)
            height = yield from number(2)
            encoding = int.from_bytes((yield ReadNext(4, 4)), signed=True)
            yield from payload(encoding, PixelArea(width, height, self.pixel_format))
            if encoding == Encoding.LAST_RECT:
                return
            count -= count != _UNTIL_LAST
