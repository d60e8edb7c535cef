"""The parser of client messages: cut anywhere, fed anything."""

from __future__ import annotations

from collections.abc import Iterable
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.rfb.protocol.client_message_parser import ClientMessageParser
from desktopd.rfb.protocol.client_messages import MessageType
from desktopd.rfb.protocol.handshake import (
    AuthenticationResponse,
    ClientInit,
    ProtocolVersion,
    SecurityChoice,
)
from desktopd.rfb.protocol.input_events import KeyEvent, PointerEvent
from desktopd.rfb.protocol.message import ClientMessage, ProtocolError
from tests.unit.rfb.protocol.client_session import (
    GREETING,
    SESSION,
    WHOLE,
    read,
    refused,
    set_encodings,
)


def pieces(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    ends = [*sorted(cuts), len(data)]
    starts = [0, *ends[:-1]]
    return [data[start:end] for start, end in zip(starts, ends, strict=True)]


def read_until_error(chunks: Iterable[bytes]) -> tuple[list[ClientMessage], bool]:
    parser, messages = ClientMessageParser(), []
    try:
        for chunk in chunks:
            for message in parser.feed(chunk):
                messages.append(message)
    except ProtocolError:
        return messages, True
    return messages, False


def check_session(messages: list[ClientMessage]) -> None:
    assert len(messages) == len(SESSION)
    for message, (raw, kind, fields) in zip(messages, SESSION, strict=True):
        assert message.raw == raw
        assert isinstance(message, kind)
        assert {name: getattr(message, name) for name in fields} == fields


def test_a_session_is_read_message_by_message() -> None:
    check_session(read([WHOLE]))


def test_a_session_is_read_one_byte_at_a_time() -> None:
    check_session(read(bytes([byte]) for byte in WHOLE))


def test_a_session_can_be_cut_at_every_byte() -> None:
    for cut in range(1, len(WHOLE)):
        check_session(read(pieces(WHOLE, [cut])))


def test_a_message_comes_with_its_last_byte_and_not_before() -> None:
    parser = ClientMessageParser()
    for raw, _, _ in SESSION:
        for byte in raw[:-1]:
            assert list(parser.feed(bytes([byte]))) == []
        (message,) = parser.feed(raw[-1:])
        assert message.raw == raw


word, number, flag = st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF), st.integers(0, 255)
rectangle = st.tuples(word, word, word, word)
MESSAGES = st.one_of(
    st.builds(lambda rest: pack(">B3xB", 0, 32) + rest, st.binary(min_size=15, max_size=15)),
    st.builds(lambda e: set_encodings(*e), st.lists(st.integers(-(2**31), 2**31 - 1), max_size=40)),
    st.builds(lambda f, r: pack(">BBHHHH", 3, f, *r), flag, rectangle),
    st.builds(lambda f, k: pack(">BBxxI", 4, f, k), flag, number),
    st.builds(lambda b, x, y: pack(">BBHH", 5, b, x, y), st.integers(0, 127), word, word),
    st.builds(lambda text: pack(">BxxxI", 6, len(text)) + text, st.binary(max_size=300)),
    st.builds(lambda data: pack(">Bxxxi", 6, -len(data)) + data, st.binary(min_size=4)),
    st.builds(lambda f, r: pack(">BBHHHH", 150, f, *r), flag, rectangle),
    st.builds(lambda f, p: pack(">BxxxIB", 248, f, len(p)) + p, number, st.binary(max_size=64)),
    st.builds(lambda v, c: pack(">BxBB", 250, v, c), flag, flag),
    st.builds(
        lambda w, h, n: pack(">BxHHBx", 251, w, h, n) + bytes(16 * n), word, word, st.integers(0, 9)
    ),
    st.builds(lambda d, s, c: pack(">BBHII", 255, 0, d, s, c), word, number, number),
)


@given(st.data(), st.lists(MESSAGES))
def test_any_messages_cut_anywhere_come_out_as_they_were(
    data: st.DataObject, messages: list[bytes]
) -> None:
    stream = GREETING + b"".join(messages)
    cuts = data.draw(st.lists(st.integers(0, len(stream))))
    assert [m.raw for m in read(pieces(stream, cuts))[3:]] == messages


@given(st.data(), st.binary(max_size=400), st.booleans())
def test_anything_at_all_is_read_the_same_however_it_is_cut(
    data: st.DataObject, garbage: bytes, greeted: bool
) -> None:
    stream = GREETING * greeted + garbage
    cuts = data.draw(st.lists(st.integers(0, len(stream))))
    messages, failed = read_until_error(pieces(stream, cuts))
    assert (messages, failed) == read_until_error([stream])
    assert stream.startswith(b"".join(message.raw for message in messages))


def test_an_unknown_type_is_an_error_that_names_it() -> None:
    unknown = set(range(256)) - set(MessageType)
    assert len(unknown) == 245
    for number in unknown:
        assert f"message type {number} " in refused(GREETING + bytes([number]))


def test_what_came_before_an_error_is_read_and_the_error_stays() -> None:
    parser = ClientMessageParser()
    messages = parser.feed(GREETING + pack(">BBxxI", 4, 1, 0x61) + b"\x63")
    assert [type(next(messages)) for _ in range(4)][-1] is KeyEvent
    with pytest.raises(ProtocolError, match="type 99"):
        next(messages)
    with pytest.raises(ProtocolError, match="type 99"):
        list(parser.feed(pack(">BBxxI", 4, 1, 0x61)))


def test_the_largest_messages_pass() -> None:
    text = pack(">BxxxI", 6, 1_048_576) + bytes(1_048_576)
    encodings = set_encodings(*range(256))
    fence = pack(">BxxxIB", 248, 0, 64) + bytes(64)
    stream = GREETING + text + encodings + fence
    assert [m.raw for m in read(pieces(stream, range(0, len(stream), 5000)))[3:]] == [
        *(text, encodings, fence)
    ]


@pytest.mark.parametrize(
    ("stream", "kinds"),
    [
        (b"RFB 003.003\n\x00", [ProtocolVersion, ClientInit]),
        (b"RFB 003.007\n\x01\x00", [ProtocolVersion, SecurityChoice, ClientInit]),
        (b"RFB 003.008\n\x01\x00", [ProtocolVersion, SecurityChoice, ClientInit]),
        (
            b"RFB 003.008\n\x02" + bytes(16) + b"\x00",
            [ProtocolVersion, SecurityChoice, AuthenticationResponse, ClientInit],
        ),
    ],
)
def test_handshakes(stream: bytes, kinds: list[type]) -> None:
    messages = read(bytes([byte]) for byte in stream + pack(">BBxxI", 4, 1, 0x61))
    assert [type(message) for message in messages] == [*kinds, KeyEvent]
    init = messages[-2]
    assert isinstance(init, ClientInit)
    assert not init.shared


@pytest.mark.parametrize(
    ("stream", "error"),
    [
        (b"GET / HTTP/1", "b'GET / HTTP/1'"),
        (b"RFB 3.8\n    ", "RFB 3.8"),
        (b"RFB 003.889\n", "RFB 3.889"),
        (b"RFB 004.001\n", "RFB 4.1"),
        (b"RFB 003.008\n\x10", "security type 16"),
        (b"RFB 003.008\n\x00", "security type 0"),
    ],
)
def test_handshakes_that_cannot_be_followed(stream: bytes, error: str) -> None:
    assert error in refused(stream)


def test_the_marker_bit_counts_only_after_extended_mouse_buttons_are_announced() -> None:
    button_eight = pack(">BBHH", 5, 0x80, 1, 2)
    key = pack(">BBxxI", 4, 1, 0x61)
    *_, pointer, after = read([GREETING, set_encodings(7), button_eight + key])
    assert isinstance(pointer, PointerEvent)
    assert (pointer.buttons, pointer.raw, after.raw) == (0x80, button_eight, key)

    *_, pointer, after = read([GREETING, set_encodings(7, -316), button_eight + b"\x01" + key])
    assert isinstance(pointer, PointerEvent)
    assert (pointer.buttons, pointer.raw, after.raw) == (0x80, button_eight + b"\x01", key)
