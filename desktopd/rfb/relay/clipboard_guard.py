"""Keeps the clipboard of a server of another program from a viewer that may not have it.

To know where a cut text begins and ends, the relay has to follow all that the server says. So such
a viewer gets the encodings that can be followed, and the others never reach the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import pack

from desktopd.rfb.protocol.client_messages import (
    EnableContinuousUpdates,
    FramebufferUpdateRequest,
    SetEncodings,
    SetPixelFormat,
)
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.handshake import ProtocolVersion, SecurityChoice
from desktopd.rfb.protocol.message import ClientMessage, ProtocolError
from desktopd.rfb.protocol.rectangle_payloads import KNOWN
from desktopd.rfb.protocol.server_stream import ServerStream

_WISHES = (
    range(Encoding.JPEG_QUALITY_0, Encoding.JPEG_QUALITY_9 + 1),
    range(Encoding.COMPRESSION_LEVEL_0, Encoding.COMPRESSION_LEVEL_9 + 1),
    range(Encoding.JPEG_FINE_QUALITY_0, Encoding.JPEG_FINE_QUALITY_100 + 1),
    range(Encoding.JPEG_SUBSAMPLING_1X, Encoding.JPEG_SUBSAMPLING_GRAY + 1),
)
_MESSAGES = (Encoding.FENCE, Encoding.CONTINUOUS_UPDATES, Encoding.XVP)


class ClipboardGuard:
    """Both directions of one relay. Each side raises ProtocolError at what it cannot follow."""

    def __init__(self) -> None:
        self._stream = ServerStream()
        self._drawn = False

    def from_server(self, data: bytes) -> Iterator[bytes]:
        """What of the server's bytes, from those behind its version on, goes to the viewer.

        Between two parts others may have their turn.
        """
        return self._stream.feed(data)

    def from_viewer(self, message: ClientMessage, admitted: bytes) -> bytes:
        """What goes to the server of a message, of which `admitted` may go there."""
        match message:
            case ProtocolVersion(version=version):
                self._stream.version = version
            case SecurityChoice(security_type=security_type):
                self._stream.security_type = security_type
            case SetEncodings(encodings=encodings):
                followed = [encoding for encoding in encodings if _is_followed(encoding)]
                return pack(f">BxH{len(followed)}i", message.raw[0], len(followed), *followed)
            case SetPixelFormat(pixel_format=pixel_format):
                if self._drawn:
                    # Nobody could tell which of the pictures on their way have which pixels.
                    raise ProtocolError("whoever may only watch chooses the pixels once, at first")
                self._stream.pixel_format = pixel_format
            case FramebufferUpdateRequest() | EnableContinuousUpdates():
                self._drawn = True
        return admitted


def _is_followed(encoding: int) -> bool:
    return encoding in KNOWN or encoding in _MESSAGES or any(encoding in one for one in _WISHES)
