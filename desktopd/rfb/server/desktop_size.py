"""The desktop's size between the server and one viewer (rfbproto, ExtendedDesktopSize).

Who changes the screen is not here: the display does, and is asked to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.rfb.protocol import rectangles
from desktopd.rfb.protocol.desktop_scale import flags_of
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.rectangles import ResizeReason, ResizeStatus, Screen
from desktopd.rfb.server.client_display import ResizableDisplay
from desktopd.rfb.viewers.viewer import Viewer

log = logging.getLogger(__name__)


class DesktopSize:
    """What a viewer knows of size and scale, and the changes that it asks for."""

    def __init__(
        self, send: Callable[[bytes], None], display: ResizableDisplay, viewer: Viewer
    ) -> None:
        """`send` takes messages for the viewer."""
        self.told = display.size
        """The size that the viewer knows."""
        self._told_scale = display.scale
        self._send = send
        self._display = display
        self._viewer = viewer
        self._encodings: Collection[int] = ()
        self._asked = False
        self._resizing = 0

    def agree(self, encodings: Collection[int]) -> None:
        """Take note of what the viewer understands, and tell it the size if it did not know it."""
        new = Encoding.EXTENDED_DESKTOP_SIZE not in self._encodings
        self._encodings = encodings
        if new and Encoding.EXTENDED_DESKTOP_SIZE in encodings:
            self._tell(self._display.size)
        else:
            self.tell(self._display.size)

    def tell(self, size: Size) -> None:
        """Tell the viewer the size that the framebuffer has from now on, where that is news.

        Raises ProtocolError where the size is another and the viewer cannot follow.
        """
        is_screen = size == self._display.size
        answered = self._asked and not self._resizing and is_screen
        scaled = self._told_scale != self._display.scale and is_screen
        if size != self.told or answered or scaled:
            self._tell(size)

    def _tell(self, size: Size) -> None:
        if Encoding.EXTENDED_DESKTOP_SIZE in self._encodings:
            self._say(size, self._reason(), ResizeStatus.DONE)
        elif size != self.told and Encoding.DESKTOP_SIZE in self._encodings:
            self._send(
                rectangles.framebuffer_update([rectangles.desktop_size(size.width, size.height)])
            )
        elif size != self.told:
            raise ProtocolError(
                f"the desktop is {size} now, and the viewer does not understand DesktopSize"
            )
        self.told, self._told_scale, self._asked = size, self._display.scale, False

    def _reason(self) -> ResizeReason:
        if self._asked:
            return ResizeReason.THIS_CLIENT
        return (
            ResizeReason.OTHER_CLIENT if self._display.is_sized_by_viewer() else ResizeReason.SERVER
        )

    async def ask(self, size: Size, scale: float | None) -> None:
        """Give the screen the size that the viewer wants, and tell the viewer what became of it.

        Programs draw at `scale` then, or as before where it is None.
        """
        self._asked = True
        self._resizing += 1
        try:
            await self._display.resize(self._viewer, size, scale)
        except DisplayUnavailable as error:
            log.warning("a viewer's resize to %s failed: %s", size, error)
            self._asked = False
            self._answer(self.told, ResizeStatus.OUT_OF_RESOURCES)
        finally:
            self._resizing -= 1
        # Nothing else would tell it of the size that it already has.
        self.tell(self.told)

    def refuse(self) -> None:
        """Tell the viewer that it may not have the size that it wants."""
        self._answer(self._display.size, ResizeStatus.PROHIBITED)

    def _answer(self, size: Size, status: ResizeStatus) -> None:
        if Encoding.EXTENDED_DESKTOP_SIZE in self._encodings:
            self._say(size, ResizeReason.THIS_CLIENT, status)

    def _say(self, size: Size, reason: ResizeReason, status: ResizeStatus) -> None:
        flags = flags_of(self._display.scale)
        screen = Screen(0, 0, 0, size.width, size.height, flags)
        told = rectangles.extended_desktop_size(size.width, size.height, [screen], reason, status)
        self._send(rectangles.framebuffer_update([told]))
