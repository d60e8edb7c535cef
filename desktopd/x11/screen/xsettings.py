"""The bytes of _XSETTINGS_SETTINGS (XSETTINGS specification 0.5). No X here: scale owns them.

Tested by tests/unit/x11/screen/test_xsettings.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from struct import pack

DOTS_PER_INCH = 96
"""What programs are drawn for at a scale of 1."""

_LITTLE_ENDIAN = 0
_INTEGER = 0
# Xft/DPI and Gdk/UnscaledDPI are in 1024ths of a dot an inch.
_PARTS = 1024


def dpi_settings(dpi: float) -> dict[str, int]:
    """What tells programs how many dots an inch has.

    GTK draws everything larger by a whole factor, and text alone by what is left; others that read
    XSETTINGS, as Qt and Java, take all of it from Xft/DPI.
    """
    factor = max(1, int(dpi // DOTS_PER_INCH))
    return {
        "Xft/DPI": round(dpi * _PARTS),
        "Gdk/WindowScalingFactor": factor,
        "Gdk/UnscaledDPI": round(dpi * _PARTS / factor),
    }


def encode(settings: Mapping[str, int], serial: int) -> bytes:
    """The whole property; `serial` is another one at each change, and that of each setting too."""
    head = pack("<B3xII", _LITTLE_ENDIAN, serial, len(settings))
    return head + b"".join(_integer(name, value, serial) for name, value in settings.items())


def _integer(name: str, value: int, serial: int) -> bytes:
    encoded = name.encode("ascii")
    padding = bytes(-len(encoded) % 4)
    head = pack("<BxH", _INTEGER, len(encoded))
    return head + encoded + padding + pack("<Ii", serial, value)
