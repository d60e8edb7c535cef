"""The client's part in the handshake: bytes in, bytes out, cut anywhere."""

from __future__ import annotations

from struct import pack

import pytest

from desktopd.rfb.protocol.client_handshake import ClientHandshake
from desktopd.rfb.protocol.message import ProtocolError

VERSION = b"RFB 003.008\n"
OK = bytes(4)
TALK = ((VERSION, VERSION), (b"\x02\x02\x01", b"\x01"), (OK, b""))


def test_what_is_answered_to_what() -> None:
    handshake = ClientHandshake()
    for said, answer in TALK:
        assert not handshake.done
        assert handshake.feed(said) == answer
    assert handshake.done
    assert handshake.rest == b""


@pytest.mark.parametrize("step", range(1, 20))
def test_cut_anywhere_and_with_what_follows(step: int) -> None:
    handshake, answers = ClientHandshake(), b""
    stream = b"".join(said for said, _ in TALK) + b"more"
    for start in range(0, len(stream), step):
        answers += handshake.feed(stream[start : start + step])
    assert answers == VERSION + b"\x01"
    assert handshake.rest == b"more"


@pytest.mark.parametrize("version", [b"RFB 003.889\n", b"RFB 004.001\n"])
def test_a_newer_server_speaks_3_8(version: bytes) -> None:
    assert ClientHandshake().feed(version) == VERSION


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (b"HTTP/1.1 400", "this is no RFB"),
        (b"RFB 003.007\n", "speaks 3.7 and not 3.8"),
        (VERSION + b"\x00" + pack(">I", 4) + b"full", "lets nobody in: full"),
        (VERSION + b"\x00" + pack(">I", 0), "lets nobody in: $"),
        (VERSION + b"\x01\x02", "asks for a password"),
        (VERSION + b"\x01\x01" + pack(">II", 1, 2) + b"no", "lets nobody in: no"),
        (VERSION + b"\x00" + pack(">I", 1 << 31) + b"x" * 4096, "lets nobody in: x{4096}$"),
    ],
)
def test_a_server_that_does_not_let_it_in(said: bytes, error: str) -> None:
    with pytest.raises(ProtocolError, match=error):
        ClientHandshake().feed(said)
