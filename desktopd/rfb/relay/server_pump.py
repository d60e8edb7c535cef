"""What a server of another program says, on its way to a viewer.

test_relay tests it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from desktopd.rfb.protocol import fences
from desktopd.rfb.protocol.handshake import VERSION_LENGTH, SecurityType, Version
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.relay.backlog import Backlog, WatchersBacklogs
from desktopd.rfb.relay.clipboard_guard import ClipboardGuard
from desktopd.rfb.relay.version_agreement import VersionAgreement
from desktopd.rfb.viewers.connection import VIEWER_LEFT, Cause, Ending, Limits, Transport
from desktopd.rfb.viewers.viewer import Viewer
from desktopd.rfb.viewers.work_share import WorkShare

SERVER_LEFT = Ending(Cause.SERVER_LEFT, "the RFB server closed the connection")


@dataclass(slots=True)
class ServerPump:
    """Reads the server all the time, however slow the viewer is, up to a bound: `read`, `send`.

    `guard`: takes out what the viewer may not have. `watchers`: with whom it shares, if it does.
    """

    transport: Transport
    server: asyncio.StreamReader
    viewer: Viewer
    agreement: VersionAgreement
    guard: ClipboardGuard | None
    limits: Limits
    watchers: WatchersBacklogs | None
    _backlog: Backlog = field(default_factory=Backlog, init=False)

    async def read(self) -> Ending | None:
        """Read until the server ends; None then: `send` tells that after its last byte."""
        if self.watchers is None:
            return await self._read()
        self.watchers.add(self._backlog)
        try:
            return await self._read()
        finally:
            self.watchers.remove(self._backlog)

    async def _read(self) -> Ending | None:
        try:
            await self._read_greeting()
            share = WorkShare(self.viewer.watchers)
            while chunk := await self.server.read(self.limits.message):
                await self._take(chunk, share)
                if self._backlog.size > self.limits.backlog:
                    return Ending(
                        Cause.BACKLOG_FULL,
                        f"the viewer is more than {self.limits.backlog} bytes behind",
                    )
                if self.watchers is not None and self.watchers.exceeded_by(self._backlog):
                    detail = "those who may only watch are too far behind, and it is the furthest"
                    return Ending(Cause.BACKLOG_FULL, detail)
        except ProtocolError as error:
            return Ending(Cause.PROTOCOL_ERROR, str(error))
        except (OSError, asyncio.IncompleteReadError):
            pass
        self._backlog.close()
        return None

    async def _read_greeting(self) -> None:
        greeting = await self.server.readexactly(VERSION_LENGTH)
        self.agreement.offer(Version.parse(greeting))
        self._backlog.put(greeting)
        if await self.agreement.server_decides():
            # Only here the viewer's next message depends on what the server says.
            decided = await self.server.readexactly(4)
            if int.from_bytes(decided) > SecurityType.NONE:
                raise ProtocolError(
                    "the server asks for a password: use a viewer of RFB 3.7 or 3.8"
                )
            self._backlog.put(decided)

    async def _take(self, chunk: bytes, share: WorkShare) -> None:
        """Keep for the viewer what it may have; raises ProtocolError."""
        share.begin()
        for kept in (chunk,) if self.guard is None else self.guard.from_server(chunk):
            if kept:
                self._backlog.put(kept)
            await share.rest()

    async def send(self) -> Ending:
        """Send to the viewer until one of both ends."""
        while data := await self._backlog.take(self.limits.message):
            try:
                async with asyncio.timeout(self.limits.stall):
                    for number, message in enumerate(fences.messages(data)):
                        if number:
                            # A server may say thousands of them: others have their turn here.
                            await asyncio.sleep(0)
                        await self.transport.send(message)
            except TimeoutError:
                return Ending(
                    Cause.VIEWER_STALLED,
                    f"the viewer took nothing for {self.limits.stall:g} s",
                )
            except ConnectionError:
                return VIEWER_LEFT
            self.viewer.bytes_sent += len(data)
        return SERVER_LEFT
