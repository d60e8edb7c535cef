"""RFB in both directions: what viewers say, and what servers say that are not ours."""

from __future__ import annotations

from collections.abc import Iterable
from struct import pack

from hypothesis import strategies as st

from desktopd.rfb.protocol import extended_clipboard
from desktopd.rfb.protocol.client_message_parser import ClientMessageParser
from desktopd.rfb.protocol.client_messages import ClientCutText
from desktopd.rfb.protocol.handshake import RFB_3_8
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.protocol.server_stream import ServerStream
from tests.fuzz.target import Target, always, pieces
from tests.unit.rfb.protocol.client_session import GREETING
from tests.unit.rfb.protocol.test_client_message_parser import MESSAGES

_ENCODINGS = (0, 1, 2, 5, 6, 7, 16, 50, -223, -224, -239, -258, -308, -314, -307, -313)
_WORD = st.one_of(st.integers(0, 64), st.integers(0, 0xFFFF))
_JUNK = st.binary(max_size=200)
_RECTANGLE = st.builds(
    lambda place, encoding, data: pack(">4Hi", *place, encoding) + data,
    st.tuples(_WORD, _WORD, _WORD, _WORD),
    st.one_of(st.sampled_from(_ENCODINGS), st.integers(-(1 << 31), (1 << 31) - 1)),
    _JUNK,
)
_UPDATE = st.builds(
    lambda count, rectangles: pack(">BxH", 0, count) + b"".join(rectangles),
    _WORD,
    st.lists(_RECTANGLE, max_size=4),
)
_CUT_TEXT = st.builds(
    lambda length, data: pack(">B3xi", 3, length) + data, st.integers(-300, 300), _JUNK
)
_BEGINNING = b"\1\1" + bytes(4) + pack(">HH", 64, 48) + NATIVE.pack() + pack(">I", 2) + b"it"

VIEWER_SAYS = st.one_of(
    st.lists(st.one_of(MESSAGES, _JUNK), max_size=12).map(lambda m: GREETING + b"".join(m)),
    st.binary(max_size=600),
)
SERVER_SAYS = st.one_of(
    st.lists(st.one_of(_UPDATE, _CUT_TEXT, _JUNK), max_size=8).map(
        lambda m: _BEGINNING + b"".join(m)
    ),
    st.binary(max_size=600),
)


def check_viewer(data: bytes) -> None:
    """It is read the same however it is cut, nothing is made up, and only ProtocolError ends it."""
    whole = _messages([data])
    assert _messages(pieces(data)) == whole
    assert data.startswith(b"".join(whole))


def _messages(chunks: Iterable[bytes]) -> list[bytes]:
    parser, found = ClientMessageParser(), []
    try:
        for chunk in chunks:
            for message in parser.feed(chunk):
                found.append(message.raw)
                if isinstance(message, ClientCutText) and message.extended:
                    extended_clipboard.parse(message.data, 1 << 20)
    except ProtocolError:
        pass
    return found


def check_server(data: bytes) -> None:
    """It is passed on the same however it is cut, and nothing is made up."""
    slowly, failed = _passed(bytes([byte]) for byte in data)
    assert len(slowly) <= len(data)
    for chunks in ([data], pieces(data)):
        passed, failed_too = _passed(chunks)
        assert failed_too == failed
        # What comes in one piece with an error goes with it.
        assert slowly.startswith(passed) if failed else slowly == passed


def _passed(chunks: Iterable[bytes]) -> tuple[bytes, bool]:
    stream, passed = ServerStream(), b""
    stream.version = RFB_3_8
    try:
        for chunk in chunks:
            passed += b"".join(stream.feed(chunk))
    except ProtocolError:
        return passed, True
    return passed, False


TARGETS = (
    Target("rfb-viewer", VIEWER_SAYS, always(check_viewer), 1_000_000),
    Target("rfb-server", SERVER_SAYS, always(check_server), 1_000_000),
)
