"""The desktop's size between the server and one viewer (rfbproto, ExtendedDesktopSize)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection

from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.rfb.protocol import server_messages
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.server_messages import ResizeReason, ResizeStatus, Screen

log = logging.getLogger(__name__)


class DesktopSize:
    """What a viewer knows of the size, and the changes that it asks for."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        size: Callable[[], Size],
        resize: Callable[[Size], Awaitable[None]],
        by_viewer: Callable[[], bool],
    ) -> None:
        """`size` is the screen's, which `resize` has changed when it returns.

        It may raise DisplayUnavailable.

        `by_viewer` tells whether it was a viewer that changed it last.
        """
        self.told = size()
        self._send = send
        self._size = size
        self._resize = resize
        self._by_viewer = by_viewer
        self._encodings: Collection[int] = ()
        self._asked = False
        self._resizing = 0

    def agree(self, encodings: Collection[int]) -> None:
        """The viewer has told what it understands."""
        new = Encoding.EXTENDED_DESKTOP_SIZE not in self._encodings
        self._encodings = encodings
        if new and Encoding.EXTENDED_DESKTOP_SIZE in encodings:
            self._tell(self._size())
        else:
            self.tell(self._size())

    def tell(self, size: Size) -> None:
        """The framebuffer has this size from now on.

        Raises ProtocolError where that is another and the viewer cannot follow.
        """
        answered = self._asked and not self._resizing and size == self._size()
        if size != self.told or answered:
            self._tell(size)

    def _tell(self, size: Size) -> None:
        if Encoding.EXTENDED_DESKTOP_SIZE in self._encodings:
            self._say(size, self._reason(), ResizeStatus.DONE)
        elif size != self.told and Encoding.DESKTOP_SIZE in self._encodings:
            self._send(
                server_messages.joined([server_messages.desktop_size(size.width, size.height)])
            )
        elif size != self.told:
            raise ProtocolError(
                f"the desktop is {size} now, and the viewer does not understand DesktopSize"
            )
        self.told, self._asked = size, False

    def _reason(self) -> ResizeReason:
        if self._asked:
            return ResizeReason.THIS_CLIENT
        return ResizeReason.OTHER_CLIENT if self._by_viewer() else ResizeReason.SERVER

    async def ask(self, size: Size) -> None:
        """The viewer wants this size."""
        self._asked = True
        self._resizing += 1
        try:
            await self._resize(size)
        except DisplayUnavailable as error:
            log.warning("a viewer's resize to %s failed: %s", size, error)
            self._asked = False
            self._answer(self.told, ResizeStatus.OUT_OF_RESOURCES)
        finally:
            self._resizing -= 1
        # Nothing else would tell it of the size that it already has.
        self.tell(self.told)

    def refuse(self) -> None:
        """The viewer wants another size and may not have it."""
        self._answer(self._size(), ResizeStatus.PROHIBITED)

    def _answer(self, size: Size, status: ResizeStatus) -> None:
        if Encoding.EXTENDED_DESKTOP_SIZE in self._encodings:
            self._say(size, ResizeReason.THIS_CLIENT, status)

    def _say(self, size: Size, reason: ResizeReason, status: ResizeStatus) -> None:
        screen = Screen(0, 0, 0, size.width, size.height)
        told = server_messages.extended_desktop_size(
            size.width, size.height, [screen], reason, status
        )
        self._send(server_messages.joined([told]))
