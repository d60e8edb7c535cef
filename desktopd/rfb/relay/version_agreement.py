"""The version of RFB that a viewer and a server of another program speak through the relay.

test_relay tests it.
"""

from __future__ import annotations

import asyncio

from desktopd.rfb.protocol.handshake import RFB_3_3, Version
from desktopd.rfb.protocol.message import ProtocolError


class VersionAgreement:
    """Filled in by one side of the relay each, while the other side waits for it."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._server: asyncio.Future[Version] = loop.create_future()
        self._viewer: asyncio.Future[Version] = loop.create_future()

    def offer(self, version: Version) -> None:
        """The server speaks `version`, and what is older."""
        self._server.set_result(version)

    async def choose(self, version: Version) -> None:
        """The viewer has chosen; ProtocolError where the server would cut its bytes otherwise."""
        offered = await self._server
        if version > offered:
            raise ProtocolError(f"the viewer chose RFB {version}, the server has only {offered}")
        self._viewer.set_result(version)

    async def server_decides(self) -> bool:
        """Whether the server alone decides on the security type (RFC 6143 section 7.1.2)."""
        return await self._viewer == RFB_3_3
