"""The client's part in the beginning of a connection: bytes in, bytes out (RFC 6143, 7.1)."""

from __future__ import annotations

from collections.abc import Generator

from desktopd.rfb.protocol.handshake import (
    GREETING,
    RFB_3_8,
    VERSION_LENGTH,
    SecurityType,
    Version,
)
from desktopd.rfb.protocol.message import ProtocolError

REASON_LIMIT = 4096


class ClientHandshake:
    """Lets itself in to a server of RFB 3.8 that asks for no password, up to SecurityResult.

    The client goes on with ClientInit once it is `done`; `rest` is what was fed after that.
    """

    def __init__(self) -> None:
        self.done = False
        self._heard = bytearray()
        self._answers = bytearray()
        self._conversation = self._converse()
        self._wanted = next(self._conversation)

    @property
    def rest(self) -> bytes:
        """What the server has said beyond the handshake."""
        return bytes(self._heard) if self.done else b""

    def feed(self, data: bytes) -> bytes:
        """Take what the server has said, cut anywhere; returns what it has to be told.

        Raises ProtocolError when it is no such server, or lets nobody in.
        """
        self._heard += data
        while not self.done and len(self._heard) >= self._wanted:
            said = bytes(self._heard[: self._wanted])
            del self._heard[: self._wanted]
            try:
                self._wanted = self._conversation.send(said)
            except StopIteration:
                self.done = True
        answers = bytes(self._answers)
        self._answers.clear()
        return answers

    def _converse(self) -> Generator[int, bytes, None]:
        """Yield how many bytes the server has to say next, and be sent those."""
        version = Version.parse((yield VERSION_LENGTH))
        if version < RFB_3_8:
            raise ProtocolError(f"the RFB server speaks {version} and not 3.8")
        self._answers += GREETING
        (count,) = yield 1
        if not count:
            yield from self._refused()
        if SecurityType.NONE not in (yield count):
            raise ProtocolError("the RFB server asks for a password")
        self._answers.append(SecurityType.NONE)
        if any((yield 4)):
            yield from self._refused()

    def _refused(self) -> Generator[int, bytes, None]:
        length = int.from_bytes((yield 4))
        reason = yield min(length, REASON_LIMIT)
        raise ProtocolError(f"the RFB server lets nobody in: {reason.decode(errors='replace')}")
