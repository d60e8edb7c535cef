"""The clipboard of a session, on whichever display it has at the moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from itertools import count

from desktopd.errors import DisplayUnavailable
from desktopd.observers import Observers
from desktopd.x11.selections.clipboard import NOTHING, Clipboard, Offer
from desktopd.x11.selections.content import Content


class SessionClipboard:
    """Serials and those who listen stay when the X server is another one.

    What is done with the clipboard raises DisplayUnavailable while there is no display.
    """

    def __init__(self) -> None:
        self.serials = count(1)
        self._clipboard: Clipboard | None = None
        self._before = NOTHING
        self._subscriptions = ExitStack()
        self._texts = Observers[[str]]()
        self._offers = Observers[[Offer]]()

    def follow(self, clipboard: Clipboard | None) -> None:
        """Be that of another display, which was opened with `offer`, or of none."""
        before = self._before = self.offer
        self._subscriptions.close()
        self._clipboard = clipboard
        if clipboard is not None:
            self._subscriptions.callback(clipboard.on_change(self._texts.call))
            self._subscriptions.callback(clipboard.on_offer(self._offers.call))
            if clipboard.offer != before:
                self._offers.call(clipboard.offer)

    @property
    def offer(self) -> Offer:
        """What is to be pasted, as last seen, also while there is no display."""
        return self._clipboard.offer if self._clipboard else self._before

    @property
    def newest(self) -> int:
        """The serial of the last change, also while what was copied is being read."""
        return self._clipboard.newest if self._clipboard else self._before.serial

    def next_serial(self) -> int:
        """The serial of a copy that the user makes now, and that takes time to arrive."""
        return next(self.serials)

    async def put(self, content: Content, serial: int | None = None) -> Offer:
        """Have `content` to be pasted; raises as `Clipboard.put`."""
        if self._clipboard is None:
            raise DisplayUnavailable("the display is not running")
        return await self._clipboard.put(content, serial)

    def on_text(self, handler: Callable[[str], None]) -> Callable[[], None]:
        """Call `handler` with each text that an application copies; returns how to end that."""
        return self._texts.add(handler)

    def on_offer(self, handler: Callable[[Offer], None]) -> Callable[[], None]:
        """Call `handler` at each change, as `Clipboard.on_offer`."""
        return self._offers.add(handler)
