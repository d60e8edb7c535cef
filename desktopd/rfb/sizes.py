"""The desktop's size between the server and one viewer (rfbproto, ExtendedDesktopSize)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from desktopd.geometry import Size
from desktopd.rfb import updates
from desktopd.rfb.encodings import Encoding
from desktopd.rfb.message import ProtocolError
from desktopd.rfb.updates import ResizeReason, ResizeStatus, Screen


class Sizes:
    """What a viewer knows of the size, and the changes that it asks for."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        size: Callable[[], Size],
        resize: Callable[[Size], Awaitable[Size]],
    ) -> None:
        """`resize` returns the size that the screen then has; ValueError where that fails."""
        self.told = size()
        self._send = send
        self._size = size
        self._resize = resize
        self._encodings: Collection[int] = ()
        self._asked = False

    def agree(self, encodings: Collection[int]) -> None:
        """The viewer has told what it understands."""
        new = Encoding.EXTENDED_DESKTOP_SIZE not in self._encodings
        self._encodings = encodings
        if new:
            self.tell(self._size())

    def tell(self, size: Size) -> None:
        """The framebuffer has this size from now on.

        Raises ProtocolError where that is another and the viewer cannot follow.
        """
        if Encoding.EXTENDED_DESKTOP_SIZE in self._encodings:
            reason = ResizeReason.THIS_CLIENT if self._asked else ResizeReason.SERVER
            self._say(size, reason, ResizeStatus.DONE)
            self._asked = False
        elif size == self.told:
            return
        elif Encoding.DESKTOP_SIZE in self._encodings:
            self._send(updates.joined([updates.desktop_size(size.width, size.height)]))
        else:
            raise ProtocolError(
                f"the desktop is {size} now, and the viewer does not understand DesktopSize"
            )
        self.told = size

    async def ask(self, size: Size) -> None:
        """The viewer wants this size."""
        before = self._size()
        self._asked = True
        try:
            after = await self._resize(size)
        except ValueError:
            self._asked = False
            self._answer(before, ResizeStatus.OUT_OF_RESOURCES)
            return
        if after == before:
            self._asked = False
            self._answer(after, ResizeStatus.DONE)

    def refuse(self) -> None:
        """The viewer wants another size and may not have it."""
        self._answer(self._size(), ResizeStatus.PROHIBITED)

    def _answer(self, size: Size, status: ResizeStatus) -> None:
        if Encoding.EXTENDED_DESKTOP_SIZE in self._encodings:
            self._say(size, ResizeReason.THIS_CLIENT, status)

    def _say(self, size: Size, reason: ResizeReason, status: ResizeStatus) -> None:
        screen = Screen(0, 0, 0, size.width, size.height)
        told = updates.extended_desktop_size(size.width, size.height, [screen], reason, status)
        self._send(updates.joined([told]))
