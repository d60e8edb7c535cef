"""The Extended Clipboard (rfbproto): what stands behind the negative length of a cut text message.

Both sides speak alike, so this builds and reads for either. Only text is carried.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from struct import pack, unpack_from

from desktopd.clipboard_limit import CLIPBOARD_LIMIT
from desktopd.rfb.protocol.message import ProtocolError

_FORMAT_BITS = 0xFFFF
_ACTION_BITS = 0xFF000000


class Format(IntFlag):
    """What a clipboard can hold."""

    TEXT = 1 << 0
    RTF = 1 << 1
    HTML = 1 << 2
    DIB = 1 << 3
    FILES = 1 << 4


class Action(IntFlag):
    """What a message is for; in Caps what its sender is willing to receive."""

    CAPS = 1 << 24
    REQUEST = 1 << 25
    PEEK = 1 << 26
    NOTIFY = 1 << 27
    PROVIDE = 1 << 28


@dataclass(frozen=True, slots=True)
class Caps:
    """What the sender understands, and how many bytes of each format it takes unasked."""

    actions: Action
    sizes: Mapping[Format, int]

    def data(self) -> bytes:
        """The bytes of the message."""
        formats = sorted(self.sizes)
        flags = sum(formats, 0) | self.actions | Action.CAPS
        return pack(f">I{len(formats)}I", flags, *(self.sizes[known] for known in formats))


@dataclass(frozen=True, slots=True)
class Request:
    """Asks the other side to provide these formats."""

    formats: Format = Format.TEXT

    def data(self) -> bytes:
        """The bytes of the message."""
        return pack(">I", Action.REQUEST | self.formats)


@dataclass(frozen=True, slots=True)
class Peek:
    """Asks the other side which formats it has."""

    def data(self) -> bytes:
        """The bytes of the message."""
        return pack(">I", Action.PEEK)


@dataclass(frozen=True, slots=True)
class Notify:
    """The sender's clipboard has changed and now holds these formats; none: it is empty."""

    formats: Format = Format.TEXT

    def data(self) -> bytes:
        """The bytes of the message."""
        return pack(">I", Action.NOTIFY | self.formats)


@dataclass(frozen=True, slots=True)
class Provide:
    """The clipboard itself, lines ending in a line feed; None where there is no text in it."""

    text: str | None = field(repr=False)

    def data(self) -> bytes:
        """The bytes of the message; on the wire lines end in CR LF and the text in a null."""
        if self.text is None:
            return pack(">I", Action.PROVIDE) + zlib.compress(b"")
        said = _unix_lines(self.text).replace("\n", "\r\n").encode() + b"\0"
        packed = zlib.compress(pack(">I", len(said)) + said)
        return pack(">I", Action.PROVIDE | Format.TEXT) + packed


ExtendedClipboard = Caps | Request | Peek | Notify | Provide

# What the server says: text, and that only when one side has asked the other for it.
SERVER_CAPS = Caps(Action.REQUEST | Action.PEEK | Action.NOTIFY | Action.PROVIDE, {Format.TEXT: 0})


def parse(data: bytes, limit: int = CLIPBOARD_LIMIT) -> ExtendedClipboard:
    """Read one message, from its flags on; text is at most `limit` bytes of UTF-8.

    Raises ProtocolError at what makes no sense or is too long. The messages after this one can
    still be understood then.
    """
    if len(data) < 4:
        raise ProtocolError(f"{len(data)} bytes of extended clipboard cannot hold its flags")
    (flags,) = unpack_from(">I", data)
    formats = Format(flags & _FORMAT_BITS)
    action = Action(flags & _ACTION_BITS)
    if action & Action.CAPS:
        return Caps(action & ~Action.CAPS, _sizes(formats, data))
    match action:
        case Action.REQUEST:
            return Request(formats)
        case Action.PEEK:
            return Peek()
        case Action.NOTIFY:
            return Notify(formats)
        case Action.PROVIDE:
            return Provide(_text(data[4:], limit) if formats & Format.TEXT else None)
    raise ProtocolError(f"extended clipboard flags {flags:#010x} are not one known action")


def _sizes(formats: Format, data: bytes) -> dict[Format, int]:
    named = [Format(1 << bit) for bit in range(16) if formats & 1 << bit]
    if len(data) < 4 + 4 * len(named):
        raise ProtocolError(f"{len(named)} clipboard formats, but {len(data) - 4} bytes of sizes")
    return dict(zip(named, unpack_from(f">{len(named)}I", data, 4), strict=True))


def _text(packed: bytes, limit: int) -> str:
    """The text, which is the first of the formats that are packed."""
    inflated = zlib.decompressobj()
    try:
        head = inflated.decompress(packed, 4)
        size = unpack_from(">I", head)[0] if len(head) == 4 else None
        if size is not None and size > limit:
            raise ProtocolError(f"{size} bytes of clipboard text, at most {limit}")
        said = inflated.decompress(inflated.unconsumed_tail, size) if size else b""
    except zlib.error as error:
        raise ProtocolError(f"clipboard text: {error}") from None
    if len(said) != size:
        raise ProtocolError("clipboard text is shorter than it says")
    return _unix_lines(said.removesuffix(b"\0").decode(errors="replace"))


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
