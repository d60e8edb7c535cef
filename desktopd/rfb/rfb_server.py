"""What an RFB server is to those who listen for viewers, whichever it is."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from desktopd.rfb.viewers.connection import Ending, Transport
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Viewer


class RfbConnection(Protocol):
    """The way of one viewer to the desktop; to be served, or else to be closed."""

    async def serve(self, transport: Transport, viewer: Viewer) -> Ending:
        """Serve the viewer, from its first byte on, until one of us ends it.

        Nothing is open of this connection then. The caller closes the transport.
        """

    def close(self) -> None:
        """Give up a connection that is not served."""


class RfbServer(Protocol):
    """One RFB server for all viewers of a desktop."""

    @property
    def path(self) -> PixelPath:
        """Which one it is, for the viewers' information."""

    @property
    def baseline(self) -> bool:
        """Whether a viewer may ask for the baseline profile of H.264."""

    @property
    def socket(self) -> Path | None:
        """Where viewers of this machine look for it; None where it listens there by itself."""

    @property
    def shows(self) -> bool:
        """Whether there is a picture for viewers, as far as it knows."""

    async def connect(self) -> RfbConnection:
        """Do what can fail before a viewer is told that it is in; raises DisplayUnavailable."""

    def look(self) -> None:
        """Look at the picture again: the application has told that it is final, or a draft."""

    async def run(self) -> None:
        """Stay with the desktop, from display to display, until cancelled."""
