"""Each message of a client by itself: how long it is, and what it means."""

from __future__ import annotations

from struct import pack

import pytest

from desktopd.rfb.protocol.client_messages import SetPixelFormat
from desktopd.rfb.protocol.input_events import ExtendedPointerEvent, PointerEvent
from desktopd.rfb.protocol.message import ClientMessage, MessageLimits, ProtocolError
from tests.unit.rfb.protocol.client_session import GREETING, SESSION, refused

LIMITS = MessageLimits()


@pytest.mark.parametrize(
    ("raw", "kind", "fields"), SESSION, ids=[kind.__name__ for _, kind, _ in SESSION]
)
def test_a_message_tells_its_length_and_what_it_means(
    raw: bytes, kind: type[ClientMessage], fields: dict[str, object]
) -> None:
    # The session is that of a client with extended mouse buttons.
    kind = ExtendedPointerEvent if kind is PointerEvent else kind
    for length in range(1, len(raw)):
        assert length < kind.size(bytearray(raw[:length]), LIMITS) <= len(raw)
    assert kind.size(bytearray(raw), LIMITS) == len(raw)
    message = kind.parse(raw)
    assert message.raw == raw
    assert {name: getattr(message, name) for name in fields} == fields


def test_a_pixel_format_that_no_pixel_can_have_is_still_a_message() -> None:
    raw = pack(">B3xBBBBHHHBBB3x", 0, 32, 24, 0, 1, 0, 5, 255, 40, 8, 0)
    message = SetPixelFormat.parse(raw)
    assert (message.raw, message.pixel_format.green_max) == (raw, 5)
    with pytest.raises(ProtocolError, match="maximum 0 of red"):
        message.pixel_format.check()


@pytest.mark.parametrize(
    ("message", "limits", "error"),
    [
        (pack(">BxH", 2, 257), {}, "257 encodings, at most 256"),
        (pack(">BxH", 2, 4), {"encodings": 3}, "4 encodings, at most 3"),
        (pack(">BxxxI", 6, 1_048_577), {}, "1048577 bytes of clipboard, at most 1048576"),
        (pack(">Bxxxi", 6, -1_048_577), {}, "1048577 bytes of clipboard, at most 1048576"),
        (pack(">Bxxxi", 6, -(2**31)), {}, "2147483648 bytes of clipboard"),
        (pack(">BxxxI", 6, 9), {"clipboard": 8}, "9 bytes of clipboard, at most 8"),
        (pack(">Bxxxi", 6, -3), {}, "3 bytes cannot hold the extended flags"),
        (pack(">BxxxIB", 248, 0, 65), {}, "65 bytes of payload, at most 64"),
        (pack(">BxxxB", 0, 24), {}, "24 bits per pixel"),
        (pack(">BB", 255, 1), {}, "QEMU submessage 1"),
    ],
)
def test_limits_are_kept_before_the_rest_has_come(
    message: bytes, limits: dict[str, int], error: str
) -> None:
    assert error in refused(GREETING + message, **limits)
