"""The clipboard between one viewer and the desktop: Latin-1 of RFC 6143, or the extended one.

The bytes of the extended one are in protocol/extended_clipboard, X's selection in x11/selections.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from desktopd import audit
from desktopd.data_policy import NOT_INTO, NOT_OUT
from desktopd.rfb.protocol import extended_clipboard, server_messages
from desktopd.rfb.protocol.client_messages import ClientCutText
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.extended_clipboard import ExtendedClipboard, Format
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.server.client_display import DisplayClipboard
from desktopd.rfb.viewers.connection import Limits
from desktopd.rfb.viewers.viewer import Viewer

log = logging.getLogger(__name__)


class ClipboardSync:
    """Keeps the clipboard of a viewer that may use it and that of the applications the same."""

    def __init__(
        self,
        send: Callable[[bytes], None],
        display: DisplayClipboard,
        limits: Limits,
        viewer: Viewer,
    ) -> None:
        """`send` takes messages for the viewer; `limits` say how much it may copy, and which way.

        What goes the other way is as if it had not been copied.
        """
        self._send = send
        self._display = display
        self._limit = limits.clipboard
        self._copies = limits.copies
        self._viewer = viewer
        self._extended: bool | None = None

    def agree(self, encodings: Collection[int]) -> None:
        """Take note whether the viewer understands the Extended Clipboard; say what we do of it."""
        extended = Encoding.EXTENDED_CLIPBOARD in encodings
        if extended and not self._extended:
            self._say(extended_clipboard.SERVER_CAPS)
        self._extended = extended

    def copied(self) -> None:
        """Tell the viewer that an application has copied a text."""
        if not self._copies.out:
            return
        if self._extended:
            self._say(extended_clipboard.Notify(Format.TEXT))
        elif self._extended is not None:
            self._send(server_messages.server_cut_text(self._told_text()))

    def take(self, message: ClientCutText) -> None:
        """Take up what the viewer has copied, or answer what it asks."""
        if not message.extended:
            self._copy(message.data.decode("latin-1"))
            return
        try:
            said = extended_clipboard.parse(message.data, self._limit)
        except ProtocolError as error:
            log.warning("what a viewer copied is ignored: %s", error)
            return
        match said:
            case extended_clipboard.Provide(text=str(text)):
                self._copy(text)
            case extended_clipboard.Notify(formats=formats) if Format.TEXT in formats:
                if self._copies.into:
                    self._say(extended_clipboard.Request(Format.TEXT))
                else:
                    self._viewer.refused(NOT_INTO)
            case extended_clipboard.Request():
                if self._copies.out:
                    self._say(extended_clipboard.Provide(self._told_text()))
                else:
                    self._viewer.refused(NOT_OUT)
                    self._say(extended_clipboard.Provide(None))
            case extended_clipboard.Peek():
                there = Format.TEXT if self._copies.out else Format(0)
                self._say(extended_clipboard.Notify(there))

    def _copy(self, text: str) -> None:
        """Have what the viewer has copied to be pasted."""
        if self._copies.into:
            self._account(audit.Event.COPIED_IN, text)
            self._display.copy(text)
        else:
            self._viewer.refused(NOT_INTO)

    def _told_text(self) -> str:
        """What is there to be pasted, which the viewer gets now."""
        text = self._display.clipboard_text()
        self._account(audit.Event.COPIED_OUT, text)
        return text

    def _account(self, event: audit.Event, text: str) -> None:
        size = len(text.encode(errors="replace"))
        audit.note(event, viewer=self._viewer.id, address=self._viewer.address, text=size)

    def _say(self, said: ExtendedClipboard) -> None:
        self._send(server_messages.extended_cut_text(said.data()))
