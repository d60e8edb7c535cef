"""The clipboard between one viewer and the desktop: Latin-1 of RFC 6143, or the extended one.

The bytes of the extended one are in protocol/extended_clipboard, X's selection in x11/selections.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from desktopd.rfb.protocol import extended_clipboard, server_messages
from desktopd.rfb.protocol.client_messages import ClientCutText
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.extended_clipboard import ExtendedClipboard, Format
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.server.client_display import DisplayClipboard

log = logging.getLogger(__name__)


class ClipboardSync:
    """Keeps the clipboard of a viewer that may use it and that of the applications the same."""

    def __init__(
        self, send: Callable[[bytes], None], display: DisplayClipboard, limit: int
    ) -> None:
        """`send` takes messages for the viewer, which may copy at most `limit` bytes."""
        self._send = send
        self._display = display
        self._limit = limit
        self._extended: bool | None = None

    def agree(self, encodings: Collection[int]) -> None:
        """Take note whether the viewer understands the Extended Clipboard; say what we do of it."""
        extended = Encoding.EXTENDED_CLIPBOARD in encodings
        if extended and not self._extended:
            self._say(extended_clipboard.SERVER_CAPS)
        self._extended = extended

    def copied(self) -> None:
        """Tell the viewer that an application has copied a text."""
        if self._extended:
            self._say(extended_clipboard.Notify(Format.TEXT))
        elif self._extended is not None:
            self._send(server_messages.server_cut_text(self._display.clipboard_text()))

    def take(self, message: ClientCutText) -> None:
        """Take up what the viewer has copied, or answer what it asks."""
        if not message.extended:
            self._display.copy(message.data.decode("latin-1"))
            return
        try:
            said = extended_clipboard.parse(message.data, self._limit)
        except ProtocolError as error:
            log.warning("what a viewer copied is ignored: %s", error)
            return
        match said:
            case extended_clipboard.Provide(text=str(text)):
                self._display.copy(text)
            case extended_clipboard.Notify(formats=formats) if Format.TEXT in formats:
                self._say(extended_clipboard.Request(Format.TEXT))
            case extended_clipboard.Request():
                self._say(extended_clipboard.Provide(self._display.clipboard_text()))
            case extended_clipboard.Peek():
                self._say(extended_clipboard.Notify(Format.TEXT))

    def _say(self, said: ExtendedClipboard) -> None:
        self._send(server_messages.extended_cut_text(said.data()))
