"""A viewer of our own that keeps asking the RFB server for a pixel.

Tested by tests/x11/test_session.py: x11vnc itself is asked.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from struct import pack, unpack

from desktopd.rfb.protocol.client_handshake import ClientHandshake
from desktopd.rfb.protocol.client_messages import MessageType
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.handshake import SHARED_CLIENT_INIT
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.server_messages import ServerMessageType

SET_ENCODINGS = pack(">BxHii", MessageType.SET_ENCODINGS, 2, Encoding.RAW, Encoding.DESKTOP_SIZE)
# The first pixel, whether changed or not (RFC 6143 section 7.5.3).
ASK_FOR_A_PIXEL = pack(">BBHHHH", MessageType.FRAMEBUFFER_UPDATE_REQUEST, 0, 0, 0, 1, 1)
AWAIT_A_PIXEL = pack(">BBHHHH", MessageType.FRAMEBUFFER_UPDATE_REQUEST, 1, 0, 0, 1, 1)
_READ = 4096


class RfbProbe:
    """Asks the RFB server on a unix socket for a pixel, over one connection that stays.

    In between it leaves an incremental request open. x11vnc needs that: while nobody waits for an
    update it does not follow the display, and it dies when somebody does so after a resize.
    """

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._pixel_bytes = 4

    async def answers(self) -> bool:
        """Connect if need be, and wait for a pixel; false when there is no server or it ends."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_unix_connection(self._socket)
                await self._shake_hands(*self._streams)
            await self._ask(*self._streams)
        except (OSError, asyncio.IncompleteReadError, ProtocolError):
            self._close()
            return False
        except BaseException:
            # Half an answer may be on its way: the next question needs another connection.
            self._close()
            raise
        return True

    async def close(self) -> None:
        """End the connection."""
        self._close()

    def _close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _shake_hands(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Come in as one viewer of several (RFC 6143 sections 7.1 to 7.3)."""
        handshake = ClientHandshake()
        # The server says nothing more before it hears ClientInit.
        while not handshake.done:
            said = await reader.read(_READ)
            if not said:
                raise asyncio.IncompleteReadError(said, None)
            writer.write(handshake.feed(said))
        writer.write(SHARED_CLIENT_INIT)
        init = await reader.readexactly(24)
        self._pixel_bytes = init[4] // 8
        await reader.readexactly(unpack(">I", init[20:])[0])
        writer.write(SET_ENCODINGS)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ASK_FOR_A_PIXEL)
        while not await self._read_message(reader):
            writer.write(ASK_FOR_A_PIXEL)
        writer.write(AWAIT_A_PIXEL)

    async def _read_message(self, reader: asyncio.StreamReader) -> bool:
        """Read one message (section 7.6); returns whether it brought a pixel."""
        kind = (await reader.readexactly(1))[0]
        if kind == ServerMessageType.SERVER_CUT_TEXT:
            await reader.readexactly(unpack(">3xI", await reader.readexactly(7))[0])
        if kind != ServerMessageType.FRAMEBUFFER_UPDATE:
            return False
        pixels = 0
        for _ in range(unpack(">xH", await reader.readexactly(3))[0]):
            *_, width, height, encoding = unpack(">HHHHi", await reader.readexactly(12))
            if encoding == Encoding.RAW:
                pixels += width * height
                await reader.readexactly(width * height * self._pixel_bytes)
        return pixels > 0
