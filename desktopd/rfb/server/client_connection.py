"""The connection of one viewer: what it says, and who takes that up.

Its picture is in client_updates, what else it is told in announcements.
"""

from __future__ import annotations

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.protocol import fences, server_messages
from desktopd.rfb.protocol.client_message_parser import ClientMessageParser
from desktopd.rfb.protocol.client_messages import (
    ClientCutText,
    ClientFence,
    EnableContinuousUpdates,
    FramebufferUpdateRequest,
    SetDesktopSize,
    SetEncodings,
    SetPixelFormat,
    Xvp,
)
from desktopd.rfb.protocol.fences import FenceFlag
from desktopd.rfb.protocol.handshake import ClientInit, ProtocolVersion, SecurityChoice
from desktopd.rfb.protocol.input_events import KeyEvent, PointerEvent, QemuKeyEvent
from desktopd.rfb.protocol.message import ClientMessage, MessageLimits, ProtocolError
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.protocol.server_handshake import ServerHandshake
from desktopd.rfb.server.announcements import Announcements
from desktopd.rfb.server.client_display import ClientDisplay
from desktopd.rfb.server.client_updates import ClientUpdates
from desktopd.rfb.server.clipboard_sync import ClipboardSync
from desktopd.rfb.server.desktop_size import DesktopSize
from desktopd.rfb.server.send_queue import SendQueue
from desktopd.rfb.server.update_sender import UpdateSender
from desktopd.rfb.viewers.connection import VIEWER_LEFT, Cause, Ending, Limits, Transport
from desktopd.rfb.viewers.permissions import ViewerPermissions
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.work_share import WorkShare
from desktopd.tasks import race

# What changes how updates have to be made.
_CHANGES = (SetPixelFormat, SetEncodings, EnableContinuousUpdates)


class ClientConnection:
    """Speaks with one viewer until it leaves. All of this belongs to the loop.

    `updates` bring it the picture, `announcements` what else is new.
    """

    def __init__(
        self, display: ClientDisplay, transport: Transport, viewer: Viewer, limits: Limits
    ) -> None:
        self._viewer = viewer
        self._display = display
        self._transport = transport
        self._limits = limits
        watchers = display.watchers_queues if viewer.role is Role.VIEW else None
        self._send_queue = SendQueue(transport, limits.stall, limits.backlog, self._sent, watchers)
        self._send = self._send_queue.put
        self._permissions = ViewerPermissions(viewer)
        self._seat = display.seat()
        viewer.on_withdrawn = self._seat.leave
        self._handshake = ServerHandshake()
        self._desktop_size = DesktopSize(self._send, display, viewer)
        self._clipboard = ClipboardSync(self._send, display, limits, viewer)
        self.updates = ClientUpdates(
            display, viewer, UpdateSender(self._send_queue), self._desktop_size, self.end
        )
        clipboard = self._clipboard if viewer.role is Role.CONTROL else None
        self.announcements = Announcements(self._send, display, self._desktop_size, clipboard)

    async def run(self) -> Ending:
        """Serve the viewer until one of us ends it. The caller closes the transport."""
        self._send(self._handshake.greeting)
        try:
            return await race(self._listen(), self._send_queue.run())
        finally:
            self._seat.leave()
            self._send_queue.end(VIEWER_LEFT)
            self.updates.leave()
            self._display.proceed()

    def watch(self, now: float) -> None:
        """End a viewer that does not draw what it is sent; to be called from time to time."""
        ending = self.updates.watch(now, self._limits.stall)
        if ending is not None:
            self.end(ending)

    def end(self, ending: Ending) -> None:
        """Make `run` return."""
        self._send_queue.end(ending)

    def _sent(self, size: int) -> None:
        self._viewer.bytes_sent += size
        if self._send_queue.empty:
            self.updates.sent()
        self._display.proceed()

    async def _listen(self) -> Ending:
        parser = ClientMessageParser(MessageLimits(self._limits.clipboard, self._limits.encodings))
        share = WorkShare(self._viewer.watchers)
        while (data := await self._receive()) is not None:
            share.begin()
            try:
                for message in parser.feed(data):
                    await self._hear(message)
                    await share.rest()
            except ProtocolError as error:
                return Ending(Cause.PROTOCOL_ERROR, str(error))
        return VIEWER_LEFT

    async def _receive(self) -> bytes | None:
        try:
            return await self._transport.receive()
        except ConnectionError:
            return None

    async def _hear(self, message: ClientMessage) -> None:
        if not isinstance(message, _CHANGES):
            self._take(message)
            return
        async with self.updates.pending.held():
            self._take(message)
        self._display.wake()

    def _take(self, message: ClientMessage) -> None:
        if not self._permissions.admit(message):
            if isinstance(message, SetDesktopSize):
                self._desktop_size.refuse()
            return
        match message:
            case ProtocolVersion() | SecurityChoice() | ClientInit():
                self._take_handshake(message)
            case KeyEvent() | QemuKeyEvent() | PointerEvent():
                self._take_input(message)
            case ClientCutText():
                self._clipboard.take(message)
            case SetDesktopSize(width=width, height=height, scale=scale):
                self._display.spawn(self._desktop_size.ask(Size(width, height), scale))
            case Xvp():
                self._send(server_messages.xvp_fail())
            case _:
                self._take_wish(message)

    def _take_handshake(self, message: ProtocolVersion | SecurityChoice | ClientInit) -> None:
        """Let in whoever has come this far: who may watch has been decided before."""
        match message:
            case ProtocolVersion() | SecurityChoice():
                if answer := self._handshake.answer(message):
                    self._send(answer)
            case ClientInit():
                size = self._desktop_size.told = self._display.size
                name = self._display.name
                self._send(server_messages.server_init(size.width, size.height, NATIVE, name))

    def _take_input(self, message: KeyEvent | QemuKeyEvent | PointerEvent) -> None:
        self._display.used(self._viewer)
        match message:
            case QemuKeyEvent(down=down, keysym=keysym, keycode=scancode):
                self._seat.keys.key(keysym, down, scancode)
            case KeyEvent(down=down, keysym=keysym):
                self._seat.keys.key(keysym, down)
            case PointerEvent(buttons=buttons, x=x, y=y):
                self._seat.pointer.event(x, y, buttons)

    def _take_wish(self, message: ClientMessage) -> None:
        """What the viewer wants to see, and what it says of what it has seen."""
        match message:
            case SetPixelFormat(pixel_format=pixel_format):
                self.updates.choose_format(pixel_format)
                self.announcements.choose_format(pixel_format)
            case SetEncodings(encodings=encodings):
                self.updates.choose_encodings(encodings)
                self.announcements.choose_encodings(frozenset(encodings))
            case FramebufferUpdateRequest(
                incremental=incremental, x=x, y=y, width=width, height=height
            ):
                self.updates.request(Rectangle(x, y, width, height), incremental=incremental)
            case EnableContinuousUpdates(enable=enable):
                self.updates.push(continuous=enable)
                if not enable:
                    self._send(server_messages.end_of_continuous_updates())
            case ClientFence(flags=flags, payload=payload):
                if flags & FenceFlag.REQUEST:
                    self._send(fences.fence(FenceFlag(flags & fences.KNOWN_FLAGS), payload))
                else:
                    self.updates.answer(payload)
