"""Which server draws the picture that a viewer gets, by the name that viewers are told."""

from __future__ import annotations

from enum import StrEnum


class PixelPath(StrEnum):
    """Which server draws the picture that a viewer gets."""

    NATIVE = "native"
    X11VNC = "x11vnc"
    XVNC = "xvnc"
    TARGET = "target"
