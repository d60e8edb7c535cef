"""What a viewer says, on its way to a server of another program.

test_relay tests it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from desktopd.data_policy import NOT_INTO
from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.rfb.protocol.client_message_parser import ClientMessageParser
from desktopd.rfb.protocol.client_messages import (
    ClientCutText,
    EnableContinuousUpdates,
    FramebufferUpdateRequest,
    SetDesktopSize,
    SetEncodings,
)
from desktopd.rfb.protocol.handshake import ProtocolVersion
from desktopd.rfb.protocol.input_events import KeyEvent, PointerEvent, QemuKeyEvent
from desktopd.rfb.protocol.message import ClientMessage, MessageLimits, ProtocolError
from desktopd.rfb.relay.clipboard_guard import ClipboardGuard
from desktopd.rfb.relay.codec import codec
from desktopd.rfb.relay.version_agreement import VersionAgreement
from desktopd.rfb.viewers.connection import VIEWER_LEFT, Cause, Ending, Limits, Transport
from desktopd.rfb.viewers.permissions import ViewerPermissions
from desktopd.rfb.viewers.pressed_keys import PressedKeys
from desktopd.rfb.viewers.viewer import Viewer
from desktopd.rfb.viewers.wanted_sizes import WantedSizes
from desktopd.rfb.viewers.work_share import WorkShare

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ViewerPump:
    """Reads the viewer as fast as the server takes it, and lets through what it may say.

    `sizes` hears of each SetDesktopSize, in a task that `spawn` makes; `clipboard`: whether
    ClientCutText reaches the server; `guard`: sees to what the viewer may not have of it.
    """

    transport: Transport
    server: asyncio.StreamWriter
    viewer: Viewer
    permissions: ViewerPermissions
    pressed_keys: PressedKeys
    agreement: VersionAgreement
    sizes: WantedSizes | None
    clipboard: bool
    guard: ClipboardGuard | None
    limits: Limits
    spawn: Callable[[Coroutine[None, None, None]], object]

    async def run(self) -> Ending:
        """Go on until the viewer leaves, or says what cannot be followed."""
        parser = ClientMessageParser(MessageLimits(self.limits.clipboard, self.limits.encodings))
        share = WorkShare(self.viewer.watchers)
        while (data := await self._receive()) is not None:
            share.begin()
            try:
                for message in parser.feed(data):
                    await self._forward(message)
                    await share.rest()
            except ProtocolError as error:
                return Ending(Cause.PROTOCOL_ERROR, str(error))
            try:
                async with asyncio.timeout(self.limits.stall):
                    await self.server.drain()
            except TimeoutError:
                return Ending(
                    Cause.SERVER_STALLED,
                    f"the RFB server took no input for {self.limits.stall:g} s",
                )
            except OSError:
                # The pump that reads the server ends the relay, after the last of its bytes.
                continue
        return VIEWER_LEFT

    async def _receive(self) -> bytes | None:
        try:
            return await self.transport.receive()
        except ConnectionError:
            return None

    async def _forward(self, message: ClientMessage) -> None:
        if isinstance(message, ProtocolVersion):
            await self.agreement.choose(message.version)
        admitted = self.permissions.admit(message)
        if not admitted:
            return
        if self.guard is not None:
            admitted = self.guard.from_viewer(message, admitted)
        self._follow(message)
        if not self._withholds(message) and not self.server.is_closing():
            self.server.write(admitted)

    def _withholds(self, message: ClientMessage) -> bool:
        """Whether it is of the clipboard, and the server is not to have it."""
        if not isinstance(message, ClientCutText):
            return False
        refused = message.offers_text and not self.limits.copies.into
        if refused:
            self.viewer.refused(NOT_INTO)
        return refused or not self.clipboard

    def _follow(self, message: ClientMessage) -> None:
        """Note what the message tells about the viewer, and do what the server does not."""
        self.pressed_keys.follow(message)
        match message:
            case SetEncodings(encodings=encodings):
                self.viewer.agreed(codec(encodings, self.viewer.path))
            case FramebufferUpdateRequest():
                # It asks for the next update once it has drawn the last one.
                self.viewer.updated()
            case EnableContinuousUpdates(enable=enable):
                self.viewer.continuous_updates(enable)
            case SetDesktopSize(width=width, height=height, scale=scale) if self.sizes is not None:
                # The server gets it as well: a viewer may wait for its answer.
                self.spawn(_carry_out(self.sizes, self.viewer, Size(width, height), scale))
            case KeyEvent() | QemuKeyEvent() | PointerEvent() if self.sizes is not None:
                self.sizes.used(self.viewer)


async def _carry_out(sizes: WantedSizes, viewer: Viewer, size: Size, scale: float | None) -> None:
    try:
        await sizes.want(viewer, size, scale)
    except DisplayUnavailable as error:
        log.warning("a viewer's resize to %s failed: %s", size, error)
