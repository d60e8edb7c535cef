"""The server's messages, byte by byte."""

from __future__ import annotations

import pytest

from desktopd.rfb.protocol import server_messages
from desktopd.rfb.protocol.pixel_format import NATIVE


def of(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (
            server_messages.server_init(1280, 720, NATIVE, "né"),
            of("0500 02d0 20180001 00ff00ff00ff 100800 000000 00000003 6ec3a9"),
        ),
        (server_messages.server_cut_text("a\r\nb\u20ac\xe9"), of("03 000000 00000005 610a623fe9")),
        (server_messages.extended_cut_text(b"12345"), of("03 000000 fffffffb") + b"12345"),
        (server_messages.end_of_continuous_updates(), of("96")),
        (server_messages.xvp_fail(), of("fa 00 01 00")),
    ],
)
def test_each_message_on_the_wire(said: bytes, wanted: bytes) -> None:
    assert said.hex(" ") == wanted.hex(" ")


def test_the_colour_map_is_sent_whole() -> None:
    said = server_messages.set_colour_map_entries()
    assert said[:6] == of("01 00 0000 0100")
    assert len(said) == 6 + 256 * 6
    assert said[6:18] == of("0000 0000 0000 2492 0000 0000")
    assert said[-6:] == of("ffff ffff ffff")
