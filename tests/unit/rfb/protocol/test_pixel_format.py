"""PIXEL_FORMAT on the wire, and the formats that are refused."""

from __future__ import annotations

from struct import pack

import pytest

from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat, colour_map
from tests.unit.rfb.encoders.pictures import COLOUR_MAP, FORMATS


@pytest.mark.parametrize("wanted", FORMATS)
def test_a_format_is_read_as_it_was_written(wanted: PixelFormat) -> None:
    assert len(wanted.pack()) == 16
    assert PixelFormat.parse(wanted.pack()) == wanted


def test_the_native_format_on_the_wire() -> None:
    assert NATIVE.pack() == bytes.fromhex("20 18 00 01 00ff 00ff 00ff 10 08 00 000000")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (pack(">BB??HHHBBB3x", 24, 24, 0, 1, 255, 255, 255, 16, 8, 0), "24 bits per pixel"),
        (pack(">BB??HHHBBB3x", 32, 24, 0, 1, 255, 254, 255, 16, 8, 0), "254 of green"),
        (pack(">BB??HHHBBB3x", 32, 24, 0, 1, 0, 255, 255, 16, 8, 0), "0 of red"),
        (pack(">BB??HHHBBB3x", 16, 16, 0, 1, 31, 63, 31, 12, 5, 0), "red of 5 bits shifted by 12"),
    ],
)
def test_a_format_that_no_pixel_can_have(raw: bytes, said: str) -> None:
    with pytest.raises(ProtocolError, match=said):
        PixelFormat.parse(raw).check()


def test_a_colour_map_has_all_of_its_indices() -> None:
    entries = colour_map()
    assert len(entries) == len(set(entries)) == 256
    assert (entries[0], entries[-1]) == ((0, 0, 0), (65535, 65535, 65535))
    assert PixelFormat.parse(COLOUR_MAP.pack()) == COLOUR_MAP
