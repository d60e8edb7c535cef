"""The server's part in the handshake, in each version of the protocol."""

from __future__ import annotations

from struct import pack

import pytest

from desktopd.rfb.protocol.client_handshake import ClientHandshake
from desktopd.rfb.protocol.handshake import RFB_3_3, RFB_3_7, RFB_3_8, Version
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.server_handshake import ServerHandshake

NONE, PASSWORD, VENCRYPT = 1, 2, 19
OK = pack(">I", 0)
FAILED = pack(">I", 1)
FULL = pack(">I", 4) + b"full"


def spoken(version: Version) -> ServerHandshake:
    handshake = ServerHandshake()
    handshake.version = version
    return handshake


@pytest.mark.parametrize(
    ("version", "chosen", "result"),
    [
        (RFB_3_8, NONE, OK),
        (RFB_3_8, PASSWORD, OK),
        (RFB_3_7, NONE, b""),
        (RFB_3_7, PASSWORD, OK),
        (RFB_3_7, VENCRYPT, OK),
    ],
)
def test_the_viewer_chooses(version: Version, chosen: int, result: bytes) -> None:
    handshake = spoken(version)
    assert handshake.offer((VENCRYPT, PASSWORD, NONE)) == bytes((3, VENCRYPT, PASSWORD, NONE))
    assert handshake.chosen is None
    handshake.choose(chosen)
    assert handshake.chosen == chosen
    assert handshake.accept() == result


@pytest.mark.parametrize(("decided", "result"), [(NONE, b""), (PASSWORD, OK)])
def test_in_3_3_the_server_decides(decided: int, result: bytes) -> None:
    handshake = spoken(RFB_3_3)
    assert handshake.offer((decided,)) == pack(">I", decided)
    assert handshake.chosen == decided
    assert handshake.accept() == result


def test_what_was_not_offered_cannot_be_chosen() -> None:
    handshake = spoken(RFB_3_8)
    handshake.offer((PASSWORD,))
    with pytest.raises(ProtocolError, match=r"security type 1, not one of \[2\]"):
        handshake.choose(NONE)


@pytest.mark.parametrize(
    ("version", "instead_of_the_offer", "instead_of_the_result"),
    [
        (RFB_3_3, pack(">I", 0) + FULL, FAILED),
        (RFB_3_7, b"\0" + FULL, FAILED),
        (RFB_3_8, b"\0" + FULL, FAILED + FULL),
    ],
)
def test_a_refusal_has_a_reason_where_there_is_room(
    version: Version, instead_of_the_offer: bytes, instead_of_the_result: bytes
) -> None:
    handshake = spoken(version)
    assert handshake.refuse("full") == instead_of_the_offer
    handshake.offer((PASSWORD,))
    if version != RFB_3_3:
        handshake.choose(PASSWORD)
    assert handshake.refuse("full") == instead_of_the_result


def test_both_sides_understand_each_other() -> None:
    server, client = ServerHandshake(), ClientHandshake()
    server.version = Version.parse(client.feed(server.greeting)).spoken
    server.choose(client.feed(server.offer())[0])
    assert client.feed(server.accept()) == b""
    assert client.done


@pytest.mark.parametrize("after_the_choice", [False, True])
def test_the_client_is_told_why_it_is_refused(after_the_choice: bool) -> None:
    server, client = ServerHandshake(), ClientHandshake()
    server.version = Version.parse(client.feed(server.greeting)).spoken
    if after_the_choice:
        server.choose(client.feed(server.offer())[0])
    with pytest.raises(ProtocolError, match="lets nobody in: née"):
        client.feed(server.refuse("née"))


@pytest.mark.parametrize(
    ("said", "spoken"),
    [("003.003", RFB_3_3), ("003.005", RFB_3_3), ("003.007", RFB_3_7), ("003.889", RFB_3_8)],
)
def test_unknown_versions_speak_one_of_the_three(said: str, spoken: Version) -> None:
    assert Version.parse(f"RFB {said}\n".encode()).spoken == spoken
