"""One viewer and its connection to a server of another program: both pumps, and their end."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress

from desktopd.rfb.relay.backlog import WatchersBacklogs
from desktopd.rfb.relay.clipboard_guard import ClipboardGuard
from desktopd.rfb.relay.server_pump import SERVER_LEFT, ServerPump
from desktopd.rfb.relay.upstream import Upstream
from desktopd.rfb.relay.version_agreement import VersionAgreement
from desktopd.rfb.relay.viewer_pump import ViewerPump
from desktopd.rfb.viewers.connection import Ending, Limits, Transport
from desktopd.rfb.viewers.permissions import ViewerPermissions
from desktopd.rfb.viewers.pressed_keys import PressedKeys
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.wanted_sizes import WantedSizes


class _Ended(Exception):
    """Ends the task group of a relay."""


class Relay:
    """Relays between `viewer` and `upstream` until one of them ends it; `upstream` is closed then.

    The caller closes the transport. For `sizes` and `clipboard` see ViewerPump.
    """

    def __init__(
        self,
        transport: Transport,
        upstream: Upstream,
        viewer: Viewer,
        *,
        sizes: WantedSizes | None,
        clipboard: bool,
        limits: Limits,
        watchers: WatchersBacklogs,
    ) -> None:
        self._upstream = upstream
        self._viewer = viewer
        self._sizes = sizes
        self._limits = limits
        self._pressed_keys = PressedKeys()
        self._ending = SERVER_LEFT
        self._tasks = asyncio.TaskGroup()
        agreement = VersionAgreement()
        may_copy = viewer.role is Role.CONTROL and limits.copies.out
        guard = ClipboardGuard() if clipboard and not may_copy else None
        self._viewer_pump = ViewerPump(
            transport,
            upstream.writer,
            viewer,
            ViewerPermissions(viewer),
            self._pressed_keys,
            agreement,
            sizes,
            clipboard,
            guard,
            limits,
            self._tasks.create_task,
        )
        viewer.on_withdrawn = self._let_go
        shared = watchers if viewer.role is Role.VIEW else None
        self._server_pump = ServerPump(
            transport, upstream.reader, viewer, agreement, guard, limits, shared
        )

    async def run(self) -> Ending:
        """Relay; returns how it ended."""
        try:
            async with self._tasks as tasks:
                tasks.create_task(self._ended_by(self._viewer_pump.run()))
                tasks.create_task(self._ended_by(self._server_pump.read()))
                tasks.create_task(self._ended_by(self._server_pump.send()))
        except* _Ended:
            pass
        finally:
            if self._sizes is not None:
                self._sizes.leave(self._viewer)
            await self._close_upstream()
        return self._ending

    def _let_go(self) -> None:
        """Release what the viewer holds, since it may not act any more."""
        if not self._upstream.writer.is_closing():
            self._upstream.writer.write(self._pressed_keys.take_releases())

    async def _ended_by(self, pump: Coroutine[None, None, Ending | None]) -> None:
        ending = await pump
        if ending is not None:
            self._ending = ending
            raise _Ended

    async def _close_upstream(self) -> None:
        """Release what the viewer holds, and see the server read it.

        A socket closed with bytes unread in it may take from the server what it was sent last,
        so those are read until the server has closed its end.
        """
        reader, writer = self._upstream.reader, self._upstream.writer
        try:
            async with asyncio.timeout(self._limits.closing):
                with suppress(OSError):
                    writer.write(self._pressed_keys.take_releases())
                    writer.write_eof()
                    while await reader.read(self._limits.message):
                        pass
        except TimeoutError:
            pass
        finally:
            writer.transport.abort()
