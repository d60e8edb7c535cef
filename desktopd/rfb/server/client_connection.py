"""One viewer of the native server: what it says, what it is told, and how fast."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders import cursor as cursors
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.protocol import server_messages
from desktopd.rfb.protocol.client_messages import (
    ClientCutText,
    ClientFence,
    ClientMessages,
    EnableContinuousUpdates,
    FramebufferUpdateRequest,
    KeyEvent,
    PointerEvent,
    QemuKeyEvent,
    SetDesktopSize,
    SetEncodings,
    SetPixelFormat,
    Xvp,
)
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.handshake import ClientInit, ProtocolVersion, SecurityChoice
from desktopd.rfb.protocol.message import ClientMessage, ProtocolError
from desktopd.rfb.protocol.pixel_format import NATIVE, PixelFormat
from desktopd.rfb.protocol.server_handshake import ServerHandshake
from desktopd.rfb.protocol.server_messages import FenceFlag
from desktopd.rfb.server.bandwidth_estimator import AFTER
from desktopd.rfb.server.client_display import ClientDisplay
from desktopd.rfb.server.client_state import ClientState, Update, UpdateRequest
from desktopd.rfb.server.clipboard_sync import ClipboardSync
from desktopd.rfb.server.congestion_control import CongestionControl
from desktopd.rfb.server.desktop_size import DesktopSize
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.send_queue import SendQueue
from desktopd.rfb.viewers.connection import VIEWER_LEFT, Cause, Ending, Limits, Transport
from desktopd.rfb.viewers.permissions import ViewerPermissions
from desktopd.rfb.viewers.viewer import Role, Viewer

# Seconds without an answer to a fence after which a viewer gets no more video, for so long.
SPEECHLESS = 3.0
WITHOUT_VIDEO = 60.0
# What changes how updates have to be made.
_CHANGES = (SetPixelFormat, SetEncodings, EnableContinuousUpdates)
_FENCE_FLAGS = FenceFlag.BLOCK_BEFORE | FenceFlag.BLOCK_AFTER | FenceFlag.SYNC_NEXT


class ClientConnection:
    """Speaks with one viewer until it leaves; `request` and `deliver` bring it the picture."""

    def __init__(
        self, display: ClientDisplay, transport: Transport, viewer: Viewer, limits: Limits
    ) -> None:
        self.viewer = viewer
        self._display = display
        self._transport = transport
        self._limits = limits
        self._send_queue = SendQueue(transport, limits.stall, limits.backlog, self._sent)
        self._send = self._send_queue.put
        self._permissions = ViewerPermissions(viewer)
        self._congestion = CongestionControl()
        self._seat = display.seat()
        self._encodings: frozenset[int] = frozenset()
        self._listed: tuple[int, ...] = ()
        self._pixel_format = NATIVE
        self._preferences = EncodingPreferences()
        self._state: ClientState | None = None
        self._requested = self._continuous = False
        self._anew: deque[Rectangle] = deque()
        self._promised = self._held = False
        self._settled = asyncio.Event()
        self._fences = False
        self._desktop_size = DesktopSize(
            self._send, lambda: display.size, display.resize, display.is_sized_by_viewer
        )
        self._clipboard = ClipboardSync(
            self._send, display.clipboard_text, display.copy, limits.clipboard
        )
        self._video_again = 0.0
        self._handshake = ServerHandshake()

    async def run(self) -> Ending:
        """Serve the viewer until one of us ends it. The caller closes the transport."""
        self._send(self._handshake.greeting)
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._send_queue.run())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._seat.leave()

    def ready(self, *, lenient: bool = False) -> bool:
        """Whether an update would be welcome now."""
        if self._promised or self._held or not self._send_queue.empty:
            return False
        if not (self._continuous or self._requested):
            return False
        return not self._fences or self._congestion.ready(lenient=lenient)

    def request(self) -> UpdateRequest:
        """What its next update has to be like; `deliver` has to follow.

        This, `ready` and `outdated` may be called in another thread than the loop's.
        """
        self._promised = True
        anew: Rectangle | None = None
        while self._anew:
            area = self._anew.popleft()
            anew = area if anew is None else anew.union(area)
        return UpdateRequest(self._state, self._preferences, self._congestion.rate, anew)

    def outdated(self, framebuffer: Framebuffer) -> bool:
        """Whether it lacks something of `framebuffer`, or has asked for it again."""
        state = self._state
        if self._anew or state is None or state.framebuffer is not framebuffer:
            return True
        return state.outdated

    @property
    def lossy(self) -> bool:
        """Whether something of its picture is not exact; known to the thread that encodes first."""
        return self._state is not None and bool(self._state.lossy.any())

    def deliver(self, update: Update) -> None:
        """Send an update that was made for it."""
        try:
            self._hand_over(update)
        finally:
            self._promised = False
            self._settled.set()
        if not update.data:
            # The camera may have found it not ready since, and nothing is sent that would tell.
            self._display.proceed()

    def _hand_over(self, update: Update) -> None:
        try:
            self._desktop_size.tell(update.state.framebuffer.size)
        except ProtocolError as error:
            self.end(Ending(Cause.PROTOCOL_ERROR, str(error)))
            return
        self._state = update.state
        self.viewer.showed(exact=update.exact)
        if not update.data:
            return
        self._requested = False
        self.viewer.updated()
        if self._fences:
            self._send_fenced(update.data)
        else:
            self._send(update.data)

    def _send_fenced(self, data: bytes) -> None:
        """Send an update; ask when the viewer has drawn it, and sometimes when it has read it."""
        now = time.monotonic()
        number = self._congestion.sent(len(data), now)
        if self._congestion.bandwidth.wants(len(data), now):
            self._send(server_messages.MEASURING_FENCE, apart=True)
            data += server_messages.fence(FenceFlag.REQUEST, AFTER)
        flags = FenceFlag.REQUEST | FenceFlag.BLOCK_BEFORE
        self._send(data + server_messages.fence(flags, number.to_bytes(4)))

    def tell_cursor(self) -> None:
        """The pointer has another shape."""
        cursor = self._display.cursor
        if Encoding.CURSOR_WITH_ALPHA in self._encodings:
            self._send(server_messages.joined([cursors.cursor_with_alpha(cursor)]))
        elif Encoding.VMWARE_CURSOR in self._encodings:
            self._send(server_messages.joined([cursors.vmware_cursor(cursor)]))
        elif Encoding.CURSOR in self._encodings:
            self._send(server_messages.joined([cursors.cursor(cursor, self._pixel_format)]))

    def tell_leds(self) -> None:
        """A lock of the keyboard has changed."""
        if Encoding.QEMU_LED_STATE in self._encodings:
            self._send(server_messages.joined([server_messages.qemu_led_state(self._display.leds)]))

    def tell_clipboard(self) -> None:
        """An application has copied a text."""
        if self.viewer.role is Role.CONTROL:
            self._clipboard.copied()

    def watch(self, now: float) -> Ending | None:
        """Look for a viewer that does not draw what it is sent; its ending where that lasts."""
        silence = self._congestion.silence(now)
        if silence > self._limits.stall:
            return Ending(
                Cause.VIEWER_STALLED, f"the viewer drew nothing for {self._limits.stall:g} s"
            )
        if self._preferences.video and self._congestion.overdue(now) > SPEECHLESS:
            self._video_again = now + WITHOUT_VIDEO
            self._congestion.forgive()
            self._ask_anew(Rectangle.of(self._desktop_size.told))
            self._update_preferences(now)
        elif self._video_again and now > self._video_again:
            self._video_again = 0.0
            self._update_preferences(now)
        return None

    def end(self, ending: Ending) -> None:
        """Make `run` return."""
        self._send_queue.end(ending)

    def _sent(self, size: int) -> None:
        self.viewer.bytes_sent += size
        self._display.proceed()

    async def _listen(self) -> Ending:
        messages = ClientMessages(
            clipboard=self._limits.clipboard, encodings=self._limits.encodings
        )
        while True:
            try:
                data = await self._transport.receive()
            except ConnectionError:
                return VIEWER_LEFT
            if data is None:
                return VIEWER_LEFT
            try:
                for message in messages.feed(data):
                    if isinstance(message, _CHANGES):
                        await self._settle()
                    self._take(message)
                    if self._held:
                        self._held = False
                        self._display.wake()
            except ProtocolError as error:
                return Ending(Cause.PROTOCOL_ERROR, str(error))

    async def _settle(self) -> None:
        """Wait for an update that is being made as the viewer wanted it before."""
        self._held = True
        while self._promised:
            self._settled.clear()
            await self._settled.wait()

    def _take(self, message: ClientMessage) -> None:
        if not self._permissions.admit(message):
            if isinstance(message, SetDesktopSize):
                self._desktop_size.refuse()
            return
        match message:
            case ProtocolVersion() | SecurityChoice():
                # Who may watch has been decided before.
                if answer := self._handshake.answer(message):
                    self._send(answer)
            case ClientInit():
                size = self._desktop_size.told = self._display.size
                name = self._display.name
                self._send(server_messages.server_init(size.width, size.height, NATIVE, name))
            case SetPixelFormat():
                self._choose_format(message)
            case SetEncodings(encodings=encodings):
                self._choose_encodings(encodings)
            case FramebufferUpdateRequest(
                incremental=incremental, x=x, y=y, width=width, height=height
            ):
                self._requested = True
                if not incremental:
                    self._ask_anew(Rectangle(x, y, width, height))
                self._display.proceed()
            case EnableContinuousUpdates(enable=enable):
                self._continuous = enable
                if not enable:
                    self._send(server_messages.end_of_continuous_updates())
                self._display.wake()
            case ClientFence(flags=flags):
                self._fence(flags, message.raw[message.layout.size :])
            case QemuKeyEvent(down=down, keysym=keysym, keycode=scancode):
                self._seat.keys.key(keysym, down, scancode)
            case KeyEvent(down=down, keysym=keysym):
                self._seat.keys.key(keysym, down)
            case PointerEvent(buttons=buttons, x=x, y=y):
                self._seat.pointer.event(x, y, buttons)
            case ClientCutText():
                self._clipboard.take(message)
            case SetDesktopSize(width=width, height=height):
                self._display.spawn(self._desktop_size.ask(Size(width, height)))
            case Xvp():
                self._send(server_messages.xvp(server_messages.XvpCode.FAIL))

    def _ask_anew(self, area: Rectangle) -> None:
        self._anew.append(area)
        self._display.wake()

    def _choose_format(self, message: SetPixelFormat) -> None:
        self._pixel_format = PixelFormat.parse(message.raw[4:])
        if not self._pixel_format.true_colour:
            self._send(server_messages.set_colour_map_entries())
        self._ask_anew(Rectangle.of(self._desktop_size.told))
        self._update_preferences(time.monotonic())

    def _choose_encodings(self, encodings: tuple[int, ...]) -> None:
        first = not self._listed
        before, self._encodings = self._encodings, frozenset(encodings)
        self._listed = encodings
        self._update_preferences(time.monotonic())
        new = self._encodings - before
        if Encoding.FENCE in new and not self._fences:
            self._fences = True
            # The round trip without a picture before it.
            self._send_fenced(b"")
        if Encoding.CONTINUOUS_UPDATES in new:
            self._send(server_messages.end_of_continuous_updates())
        announced = [
            server_messages.announcement(encoding)
            for encoding in (Encoding.QEMU_EXTENDED_KEY_EVENT, Encoding.EXTENDED_MOUSE_BUTTONS)
            if encoding in new
        ]
        if announced:
            self._send(server_messages.joined(announced))
        self._desktop_size.agree(self._encodings)
        if self.viewer.role is Role.CONTROL:
            self._clipboard.agree(self._encodings)
        if first or Encoding.QEMU_LED_STATE in new:
            self.tell_leds()
        if new & {Encoding.CURSOR, Encoding.CURSOR_WITH_ALPHA, Encoding.VMWARE_CURSOR}:
            self.tell_cursor()
        self._display.wake()

    def _update_preferences(self, now: float) -> None:
        wanted = [
            encoding
            for encoding in self._listed
            if encoding != Encoding.H264 or (self._display.video and now >= self._video_again)
        ]
        self._preferences = EncodingPreferences.of(wanted, self._pixel_format)
        self.viewer.agreed(self._preferences.codec)

    def _fence(self, flags: int, payload: bytes) -> None:
        if flags & FenceFlag.REQUEST:
            self._send(server_messages.fence(FenceFlag(flags & _FENCE_FLAGS), payload))
        elif len(payload) == 4:
            self._congestion.answered(int.from_bytes(payload), time.monotonic())
            self._display.proceed()
        else:
            self._congestion.bandwidth.answered(payload, time.monotonic())
