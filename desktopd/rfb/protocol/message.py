"""What every message of an RFB client has in common.

test_client_messages tests it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import ClassVar, NamedTuple, Self

from desktopd.clipboard_limit import CLIPBOARD_LIMIT

ENCODINGS_LIMIT = 256


class ProtocolError(Exception):
    """The bytes are not RFB as it is spoken here; nothing after them can be understood."""


class MessageLimits(NamedTuple):
    """How large a message may be: bytes of clipboard data, and encodings in one SetEncodings."""

    clipboard: int = CLIPBOARD_LIMIT
    encodings: int = ENCODINGS_LIMIT


@dataclass(frozen=True, slots=True)
class ClientMessage:
    """One whole message; `raw` is every byte of it, as it came."""

    layout: ClassVar[Struct]
    raw: bytes = field(repr=False)

    @classmethod
    def size(cls, head: bytearray, limits: MessageLimits) -> int:
        """Length in bytes of the message that starts with `head`.

        While `head` is too short to tell it is a smaller number that is still more than `head`
        has. Raises ProtocolError when `head` can be no such message.
        """
        return cls.layout.size

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read the fields of a whole message."""
        return cls(raw, *cls.layout.unpack_from(raw))
