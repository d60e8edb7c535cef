"""x11vnc, Xvnc or a named target, as an RFB server of ours: each viewer has a connection to it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from desktopd.rfb.relay.backlog import WatchersBacklogs
from desktopd.rfb.relay.relay import Relay
from desktopd.rfb.relay.upstream import Target, Upstream, connect
from desktopd.rfb.viewers.connection import Ending, Limits, Transport
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Viewer
from desktopd.rfb.viewers.wanted_sizes import WantedSizes


@dataclass(frozen=True, slots=True)
class RelayServer:
    """The server that listens at `target`, and how it differs from others.

    `sizes` carries out a viewer's SetDesktopSize in its stead. `clipboard`: whether it may have
    what viewers copy; most servers would also give it to those who only watch.
    """

    path: PixelPath
    target: Target
    sizes: WantedSizes | None = None
    clipboard: bool = False
    limits: Limits = Limits()
    watchers: WatchersBacklogs = field(default_factory=WatchersBacklogs)

    baseline = False
    socket = None
    # Whether the one behind us does is told by its service.
    shows = True

    async def connect(self) -> RelayConnection:
        """Connect to the server; raises DisplayUnavailable."""
        return RelayConnection(self, await connect(self.target))

    def look(self) -> None:
        """The other program makes nothing exact later."""

    async def run(self) -> None:
        """Wait until cancelled: the other program follows the display by itself."""
        await asyncio.Event().wait()


@dataclass(frozen=True, slots=True)
class RelayConnection:
    """An open connection to the server, for one viewer."""

    server: RelayServer
    upstream: Upstream

    async def serve(self, transport: Transport, viewer: Viewer) -> Ending:
        """Relay between the viewer and the server until one of them ends it."""
        server = self.server
        relay = Relay(
            transport,
            self.upstream,
            viewer,
            sizes=server.sizes,
            clipboard=server.clipboard,
            limits=server.limits,
            watchers=server.watchers,
        )
        return await relay.run()

    def close(self) -> None:
        """Give up the connection."""
        self.upstream.writer.transport.abort()
