"""The clipboard between one viewer and the desktop: Latin-1 of RFC 6143, or the extended one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from desktopd.rfb.protocol import extended_clipboard, server_messages
from desktopd.rfb.protocol.client_messages import ClientCutText
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.extended_clipboard import ExtendedClipboard, Format
from desktopd.rfb.protocol.message import ProtocolError

log = logging.getLogger(__name__)


class ClipboardSync:
    """Speaks for a viewer that may use the clipboard.

    `send` takes messages for the viewer, `text` gives what the desktop has to be pasted, and
    `copy` is called with what the viewer has copied, of at most `limit` bytes.
    """

    def __init__(
        self,
        send: Callable[[bytes], None],
        text: Callable[[], str],
        copy: Callable[[str], None],
        limit: int,
    ) -> None:
        self._send = send
        self._text = text
        self._copy = copy
        self._limit = limit
        self._extended: bool | None = None

    def agree(self, encodings: Collection[int]) -> None:
        """The viewer has told what it understands."""
        extended = Encoding.EXTENDED_CLIPBOARD in encodings
        if extended and not self._extended:
            self._say(extended_clipboard.SERVER_CAPS)
        self._extended = extended

    def copied(self) -> None:
        """An application has copied a text."""
        if self._extended:
            self._say(extended_clipboard.Notify(Format.TEXT))
        elif self._extended is not None:
            self._send(server_messages.server_cut_text(self._text()))

    def take(self, message: ClientCutText) -> None:
        """The viewer has copied something, or asks for what there is."""
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
                self._say(extended_clipboard.Request(Format.TEXT))
            case extended_clipboard.Request():
                self._say(extended_clipboard.Provide(self._text()))
            case extended_clipboard.Peek():
                self._say(extended_clipboard.Notify(Format.TEXT))

    def _say(self, said: ExtendedClipboard) -> None:
        self._send(server_messages.extended_cut_text(said.data()))
