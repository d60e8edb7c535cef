"""A viewer's connection, as whoever serves it sees it: its transport, its limits, its ending."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from desktopd.clipboard_limit import CLIPBOARD_LIMIT
from desktopd.data_policy import Copies
from desktopd.rfb.protocol.message import ENCODINGS_LIMIT


class Transport(Protocol):
    """A viewer's side of the relay: messages of bytes, as of a WebSocket."""

    @property
    def unacknowledged(self) -> int:
        """Bytes sent that the viewer's system, or a proxy's, does not have; 0 if not known."""

    async def receive(self) -> bytes | None:
        """The next message; None when the viewer has left."""

    async def send(self, data: bytes) -> None:
        """Return when more may be sent; ConnectionError when the viewer has left."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one relay, in bytes and seconds.

    `backlog`: what is kept for a slow viewer; `stall`: how long who is sent something may take
    nothing of it, viewer or server; `message`: what is put into one message to the viewer;
    `closing`: how long the server may take to read the last messages; `copies`: which way they may
    go. For the others see MessageLimits.
    """

    backlog: int = 16 * 1024 * 1024
    stall: float = 30.0
    message: int = 64 * 1024
    closing: float = 2.0
    clipboard: int = CLIPBOARD_LIMIT
    copies: Copies = Copies.BOTH
    encodings: int = ENCODINGS_LIMIT


class Cause(StrEnum):
    """Why a connection ended."""

    VIEWER_LEFT = "viewer_left"
    VIEWER_STALLED = "viewer_stalled"
    BACKLOG_FULL = "backlog_full"
    SERVER_LEFT = "server_left"
    SERVER_STALLED = "server_stalled"
    PROTOCOL_ERROR = "protocol_error"
    LINK_REVOKED = "link_revoked"
    LINK_EXPIRED = "link_expired"
    LOGGED_OUT = "logged_out"
    SIGN_IN_OVER = "sign_in_over"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a relay ended; `detail` is a sentence for the log."""

    cause: Cause
    detail: str

    def __str__(self) -> str:
        return f"{self.cause}: {self.detail}"


VIEWER_LEFT = Ending(Cause.VIEWER_LEFT, "the viewer closed the connection")
