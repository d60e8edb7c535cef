"""The extended clipboard in both directions."""

from __future__ import annotations

import zlib
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.rfb.protocol import extended_clipboard as clipboard
from desktopd.rfb.protocol.client_message_parser import ClientMessageParser
from desktopd.rfb.protocol.client_messages import ClientCutText
from desktopd.rfb.protocol.extended_clipboard import (
    Action,
    Caps,
    Format,
    Notify,
    Peek,
    Provide,
    Request,
)
from desktopd.rfb.protocol.message import ProtocolError

GREETING = b"RFB 003.008\n\x01\x01"


def of(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal)


CAPS = Caps(
    Action.REQUEST | Action.PEEK | Action.NOTIFY | Action.PROVIDE,
    {Format.TEXT: 0, Format.HTML: 1 << 20},
)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (CAPS, of("1f000005 00000000 00100000")),
        (clipboard.SERVER_CAPS, of("1f000001 00000000")),
        (Request(), of("02000001")),
        (Peek(), of("04000000")),
        (Notify(), of("08000001")),
        (Notify(Format(0)), of("08000000")),
    ],
)
def test_negotiation_of_the_extended_clipboard(
    message: clipboard.ExtendedClipboard, wanted: bytes
) -> None:
    assert message.data() == wanted
    assert clipboard.parse(wanted) == message


def test_provided_text_on_the_wire() -> None:
    said = Provide("a\nb\r\nc\rd\N{SNOWMAN}").data()
    assert said[:4] == of("10000001")
    text = b"a\r\nb\r\nc\r\nd\xe2\x98\x83\0"
    assert zlib.decompress(said[4:]) == pack(">I", len(text)) + text


@given(st.text())
def test_text_comes_back_with_the_lines_of_unix(text: str) -> None:
    wanted = text.replace("\r\n", "\n").replace("\r", "\n")
    assert clipboard.parse(Provide(text).data(), 1 << 30) == Provide(wanted)


def test_other_formats_behind_the_text_are_left_alone() -> None:
    packed = zlib.compress(pack(">I", 3) + b"hi\0" + pack(">I", 4) + b"<i/>")
    assert clipboard.parse(of("10000005") + packed) == Provide("hi")
    assert clipboard.parse(of("10000004") + packed) == Provide(None)
    assert clipboard.parse(Provide(None).data()) == Provide(None)


def test_a_stream_that_was_only_flushed_is_read() -> None:
    stream = zlib.compressobj()
    packed = stream.compress(pack(">I", 3) + b"hi\0") + stream.flush(zlib.Z_SYNC_FLUSH)
    assert clipboard.parse(of("10000001") + packed) == Provide("hi")


def test_text_without_its_null_or_without_anything() -> None:
    assert clipboard.parse(of("10000001") + zlib.compress(pack(">I", 2) + b"hi")) == Provide("hi")
    assert clipboard.parse(of("10000001") + zlib.compress(pack(">I", 0))) == Provide("")


def test_a_viewers_message_is_read_from_its_stream() -> None:
    data = Provide("h\xe9").data()
    messages = ClientMessageParser()
    stream = GREETING + pack(">Bxxxi", 6, -len(data)) + data
    found = [message for octet in stream for message in messages.feed(bytes((octet,)))]
    assert isinstance(found[-1], ClientCutText)
    assert found[-1].extended
    assert clipboard.parse(found[-1].data) == Provide("h\xe9")


@pytest.mark.parametrize("message", [CAPS, Request(), Peek(), Notify(), Provide("text " * 50)])
def test_a_message_cut_anywhere_is_refused(message: clipboard.ExtendedClipboard) -> None:
    whole = message.data()
    for length in range(len(whole)):
        try:
            found = clipboard.parse(whole[:length])
        except ProtocolError:
            continue
        # What is missing is the end of the zlib stream, behind the text.
        assert found == message
        assert length > len(whole) - 7


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cannot hold its flags"),
        (of("00000001"), "not one known action"),
        (of("06000001"), "not one known action"),
        (of("20000000"), "not one known action"),
        (of("01000003 00000000"), "2 clipboard formats, but 4 bytes of sizes"),
        (of("10000001") + b"no zlib", "clipboard text: .*incorrect header"),
        (of("10000001") + zlib.compress(b"\0\0"), "shorter"),
        (of("10000001") + zlib.compress(pack(">I", 9) + b"hi"), "shorter"),
        (of("10000001") + zlib.compress(pack(">I", 2_000_000)), "2000000 bytes .* at most 1048576"),
    ],
)
def test_nonsense_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ProtocolError, match=said):
        clipboard.parse(data)


@given(st.binary(max_size=40))
def test_anything_is_read_or_refused(data: bytes) -> None:
    try:
        clipboard.parse(data)
        clipboard.parse(of("10000001") + data)
    except ProtocolError:
        pass


def test_little_text_that_unpacks_to_much_is_not_unpacked() -> None:
    packed = zlib.compress(pack(">I", 10) + bytes(50_000_000))
    assert clipboard.parse(of("10000001") + packed) == Provide("\0" * 9)
