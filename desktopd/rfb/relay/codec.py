"""The encoding that a server of another program will use for a viewer, told from what it wants."""

from __future__ import annotations

from collections.abc import Iterable

from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.viewers.pixel_path import PixelPath

_COMMON = frozenset(
    {Encoding.RAW, Encoding.RRE, Encoding.HEXTILE, Encoding.TIGHT, Encoding.ZRLE},
)

_ENCODED_BY = {
    PixelPath.X11VNC: _COMMON | {Encoding.CORRE, Encoding.ZLIB, Encoding.ZYWRLE, Encoding.TIGHTPNG},
    PixelPath.XVNC: _COMMON,
    PixelPath.TARGET: _COMMON,
}


def codec(wanted: Iterable[int], path: PixelPath) -> str:
    """The encoding that the server of `path` prefers among those a viewer wants, e.g. ``tight``.

    Servers take the first in the viewer's order that they can make. CopyRect only repeats what is
    on the screen, so it does not count. Raw is the answer where nothing else fits, since every
    client must accept it (RFC 6143 section 7.7).
    """
    known = _ENCODED_BY[path]
    number = next((n for n in wanted if n in known), Encoding.RAW)
    return Encoding(number).name.lower()
