"""One viewer's connection: its messages to the server, and the picture back to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress

from desktopd.geometry import Size
from desktopd.rfb.protocol import fences
from desktopd.rfb.protocol.client_message_parser import ClientMessageParser
from desktopd.rfb.protocol.handshake import (
    RFB_3_3,
    VERSION_LENGTH,
    ProtocolVersion,
    SecurityType,
    Version,
)
from desktopd.rfb.protocol.message import (
    ClientMessage,
    MessageLimits,
    ProtocolError,
)
from desktopd.rfb.relay.backlog import Backlog
from desktopd.rfb.relay.targets import Upstream
from desktopd.rfb.viewers.connection import VIEWER_LEFT, Cause, Ending, Limits, Transport
from desktopd.rfb.viewers.permissions import ViewerPermissions
from desktopd.rfb.viewers.pressed_keys import PressedKeys
from desktopd.rfb.viewers.viewer import Viewer


class NoDisplay(Exception):
    """There is nothing to be shown at this moment."""


_SERVER_LEFT = Ending(Cause.SERVER_LEFT, "the RFB server closed the connection")


async def relay(
    transport: Transport,
    upstream: Upstream,
    viewer: Viewer,
    *,
    on_resize: Callable[[Size], None] | None,
    clipboard: bool = True,
    limits: Limits = Limits(),
) -> Ending:
    """Relay between `viewer` and `upstream` until one of them ends it; `upstream` is closed then.

    The server is read all the time, however slow the viewer is; the viewer is read only as fast
    as the server takes it. The caller closes the transport. For `on_resize` and `clipboard` see
    Gate.
    """
    permissions = ViewerPermissions(viewer, on_resize, clipboard=clipboard)
    return await _Relay(transport, upstream, viewer, permissions, limits).run()


class _Ended(Exception):
    """Ends the task group of a relay."""


class _Relay:
    def __init__(
        self,
        transport: Transport,
        upstream: Upstream,
        viewer: Viewer,
        permissions: ViewerPermissions,
        limits: Limits,
    ) -> None:
        self._transport = transport
        self._reader, self._writer = upstream.reader, upstream.writer
        self._viewer = viewer
        self._permissions = permissions
        self._pressed_keys = PressedKeys()
        self._limits = limits
        self._backlog = Backlog()
        loop = asyncio.get_running_loop()
        self._server_version: asyncio.Future[Version] = loop.create_future()
        self._viewer_version: asyncio.Future[Version] = loop.create_future()
        self._ending = _SERVER_LEFT

    async def run(self) -> Ending:
        try:
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._ended_by(self._viewer_to_server()))
                pumps.create_task(self._ended_by(self._server_to_backlog()))
                pumps.create_task(self._ended_by(self._backlog_to_viewer()))
        except* _Ended:
            pass
        finally:
            await self._close_upstream()
        return self._ending

    async def _ended_by(self, pump: Coroutine[None, None, Ending | None]) -> None:
        ending = await pump
        if ending is not None:
            self._ending = ending
            raise _Ended

    async def _viewer_to_server(self) -> Ending:
        parser = ClientMessageParser(MessageLimits(self._limits.clipboard, self._limits.encodings))
        while (data := await self._receive()) is not None:
            try:
                for message in parser.feed(data):
                    await self._forward(message)
            except ProtocolError as error:
                return Ending(Cause.PROTOCOL_ERROR, str(error))
            try:
                async with asyncio.timeout(self._limits.stall):
                    await self._writer.drain()
            except TimeoutError:
                return Ending(
                    Cause.SERVER_STALLED,
                    f"the RFB server took no input for {self._limits.stall:g} s",
                )
            except OSError:
                # The pump that reads the server ends the relay, after the last of its bytes.
                continue
        return VIEWER_LEFT

    async def _receive(self) -> bytes | None:
        try:
            return await self._transport.receive()
        except ConnectionError:
            return None

    async def _forward(self, message: ClientMessage) -> None:
        if isinstance(message, ProtocolVersion):
            await self._agree(message.version)
        admitted = self._permissions.admit(message)
        if admitted:
            self._pressed_keys.follow(message)
            if not self._writer.is_closing():
                self._writer.write(admitted)

    async def _agree(self, version: Version) -> None:
        """Make sure that the server will cut the viewer's bytes as they are cut here."""
        server = await self._server_version
        if version > server:
            raise ProtocolError(f"the viewer chose RFB {version}, the server has only {server}")
        self._viewer_version.set_result(version)

    async def _server_to_backlog(self) -> Ending | None:
        try:
            await self._read_greeting()
            while chunk := await self._reader.read(self._limits.message):
                self._backlog.put(chunk)
                if self._backlog.size > self._limits.backlog:
                    return Ending(
                        Cause.BACKLOG_FULL,
                        f"the viewer is more than {self._limits.backlog} bytes behind",
                    )
        except ProtocolError as error:
            return Ending(Cause.PROTOCOL_ERROR, str(error))
        except (OSError, asyncio.IncompleteReadError):
            pass
        self._backlog.close()
        return None

    async def _read_greeting(self) -> None:
        greeting = await self._reader.readexactly(VERSION_LENGTH)
        self._server_version.set_result(Version.parse(greeting))
        self._backlog.put(greeting)
        if await self._viewer_version == RFB_3_3:
            # Only here the server alone decides what the viewer sends next (section 7.1.2).
            decided = await self._reader.readexactly(4)
            if int.from_bytes(decided) > SecurityType.NONE:
                raise ProtocolError(
                    "the server asks for a password: use a viewer of RFB 3.7 or 3.8"
                )
            self._backlog.put(decided)

    async def _backlog_to_viewer(self) -> Ending:
        while data := await self._backlog.take(self._limits.message):
            try:
                async with asyncio.timeout(self._limits.stall):
                    for message in fences.messages(data):
                        await self._transport.send(message)
            except TimeoutError:
                return Ending(
                    Cause.VIEWER_STALLED,
                    f"the viewer took nothing for {self._limits.stall:g} s",
                )
            except ConnectionError:
                return VIEWER_LEFT
            self._viewer.bytes_sent += len(data)
        return _SERVER_LEFT

    async def _close_upstream(self) -> None:
        """Release what the viewer holds, and see the server read it.

        A socket closed with bytes unread in it may take from the server what it was sent last,
        so those are read until the server has closed its end.
        """
        try:
            async with asyncio.timeout(self._limits.closing):
                with suppress(OSError):
                    self._writer.write(self._pressed_keys.releases())
                    self._writer.write_eof()
                    while await self._reader.read(self._limits.message):
                        pass
        except TimeoutError:
            pass
        finally:
            self._writer.transport.abort()
