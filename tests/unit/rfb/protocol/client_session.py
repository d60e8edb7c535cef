"""What noVNC says in one session, message by message, and what reads it."""

from __future__ import annotations

from collections.abc import Iterable
from struct import pack

import pytest

from desktopd.rfb.protocol.client_message_parser import ClientMessageParser
from desktopd.rfb.protocol.client_messages import (
    ClientCutText,
    ClientFence,
    EnableContinuousUpdates,
    FramebufferUpdateRequest,
    SetDesktopSize,
    SetEncodings,
    SetPixelFormat,
    Xvp,
)
from desktopd.rfb.protocol.handshake import (
    ClientInit,
    ProtocolVersion,
    SecurityChoice,
    SecurityType,
    Version,
)
from desktopd.rfb.protocol.input_events import KeyEvent, PointerEvent, QemuKeyEvent
from desktopd.rfb.protocol.message import ClientMessage, MessageLimits, ProtocolError
from desktopd.rfb.protocol.pixel_format import PixelFormat

GREETING = b"RFB 003.008\n\x01\x01"
NOVNC_ENCODINGS = (
    *(1, 50, 7, -260, 16, 21, 5, 2, 6, 0, -26, -254, -223, -224, -258, -261),
    *(-308, -309, -312, -313, -307, 0xC0A1E5CE - 2**32, -316, 0x574D5664, -239),
)


def set_encodings(*encodings: int) -> bytes:
    return pack(f">BxH{len(encodings)}i", 2, len(encodings), *encodings)


# What noVNC 1.7 says in one session with TigerVNC 1.15, each message with what it means.
SESSION: list[tuple[bytes, type[ClientMessage], dict[str, object]]] = [
    (b"RFB 003.008\n", ProtocolVersion, {"version": Version(3, 8)}),
    (b"\x01", SecurityChoice, {"security_type": SecurityType.NONE}),
    (b"\x01", ClientInit, {"shared": True}),
    (
        pack(">B3xBBBBHHHBBB3x", 0, 32, 24, 0, 1, 255, 254, 253, 0, 8, 16),
        SetPixelFormat,
        {"pixel_format": PixelFormat(32, 24, False, True, 255, 254, 253, 0, 8, 16)},
    ),
    (set_encodings(*NOVNC_ENCODINGS), SetEncodings, {"encodings": NOVNC_ENCODINGS}),
    (
        pack(">BBHHHH", 3, 1, 1, 2, 1600, 900),
        FramebufferUpdateRequest,
        {"incremental": True, "x": 1, "y": 2, "width": 1600, "height": 900},
    ),
    (pack(">BBxxI", 4, 1, 0xFF0D), KeyEvent, {"down": True, "keysym": 0xFF0D}),
    (
        pack(">BBHII", 255, 0, 1, 0x61, 0x1E),
        QemuKeyEvent,
        {"down": True, "keysym": 0x61, "keycode": 0x1E},
    ),
    (pack(">BBHH", 5, 0b101, 11, 12), PointerEvent, {"buttons": 0b101, "x": 11, "y": 12}),
    (
        pack(">BBHHB", 5, 0x81, 11, 12, 0b10),
        PointerEvent,
        {"buttons": 0b1_0000_0001, "x": 11, "y": 12},
    ),
    (
        pack(">BxxxI", 6, 4) + b"caf\xe9",
        ClientCutText,
        {"extended": False, "data": b"caf\xe9", "offers_text": True},
    ),
    (
        pack(">Bxxxi", 6, -8) + b"\x1f\x00\x00\x01\x00\x10\x00\x00",
        ClientCutText,
        {"extended": True, "data": b"\x1f\x00\x00\x01\x00\x10\x00\x00", "offers_text": False},
    ),
    (
        pack(">Bxxxi", 6, -4) + b"\x02\x00\x00\x01",
        ClientCutText,
        {"extended": True, "data": b"\x02\x00\x00\x01", "offers_text": False},
    ),
    (
        pack(">Bxxxi", 6, -5) + b"\x10\x00\x00\x01z",
        ClientCutText,
        {"extended": True, "data": b"\x10\x00\x00\x01z", "offers_text": True},
    ),
    (
        pack(">BBHHHH", 150, 1, 0, 0, 640, 480),
        EnableContinuousUpdates,
        {"enable": True, "x": 0, "y": 0, "width": 640, "height": 480},
    ),
    (pack(">BxxxIB", 248, 3, 5) + b"12345", ClientFence, {"flags": 3, "payload": b"12345"}),
    (pack(">BxBB", 250, 1, 4), Xvp, {"version": 1, "code": 4}),
    (
        pack(">BxHHBxIHHHHI", 251, 1024, 768, 1, 9, 0, 0, 1024, 768, 0),
        SetDesktopSize,
        {"width": 1024, "height": 768, "screens": 1},
    ),
    (
        pack(">BxHHBx", 251, 2048, 768, 2) + bytes(32),
        SetDesktopSize,
        {"width": 2048, "height": 768, "screens": 2},
    ),
]
WHOLE = b"".join(raw for raw, _, _ in SESSION)


def read(chunks: Iterable[bytes], parser: ClientMessageParser | None = None) -> list[ClientMessage]:
    parser = parser or ClientMessageParser()
    return [message for chunk in chunks for message in parser.feed(chunk)]


def refused(data: bytes, **limits: int) -> str:
    """The error that this ends with, one byte at a time."""
    with pytest.raises(ProtocolError) as caught:
        read((bytes([byte]) for byte in data), ClientMessageParser(MessageLimits(**limits)))
    return str(caught.value)
