"""The wire between daemon and companion: bytes and values, no I/O.

One JSON object a line, in UTF-8. The daemon sends ``{"id", "method", "params"}`` and gets
``{"id", "result"}`` or ``{"id", "error": {"kind", "message"}}``, in any order. The companion sends
``{"event", "data"}`` at any time, first of all ``hello`` with the version.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

VERSION = 1
LONGEST_REQUEST = 1 << 20
LONGEST_TOLD = 250
"""Characters of a name or a reason: all together fit into what the daemon reads at once."""
_TEXT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
"""A string of JSON."""


class FailureKind(Enum):
    """What kind of failure a method answers with."""

    REQUEST = "request"
    """The request is not understood."""
    STARTING = "starting"
    """napari has no viewer yet, or no longer."""
    NO_LAYER = "no_layer"
    """There is no layer of that name."""
    OCCUPIED = "occupied"
    """There are layers, to which nothing was to be added."""
    READER = "reader"
    """napari's readers cannot open it; the message is theirs."""
    VALUE = "value"
    """napari does not take the value; the message is its own."""
    FAILED = "failed"
    """napari failed; the message tells how."""


class Failure(Exception):
    """A method's answer where it is no result."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True)
class CompanionRequest:
    """One call of a method."""

    id: int
    method: str
    params: dict[str, Any]


class Requests:
    """Cuts the daemon's bytes into requests."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[CompanionRequest]:
        """The requests that `data` completes. Raises Failure, after which nothing can follow."""
        self._buffer += data
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            yield _request(line)
        if len(self._buffer) > LONGEST_REQUEST:
            raise Failure(FailureKind.REQUEST, f"a request is longer than {LONGEST_REQUEST} bytes")


def _request(line: bytes) -> CompanionRequest:
    try:
        message = json.loads(line)
        request = CompanionRequest(message["id"], message["method"], message.get("params", {}))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Failure(FailureKind.REQUEST, f"not a request: {line[:80]!r}") from None
    typed = (
        isinstance(request.id, int)
        and isinstance(request.method, str)
        and isinstance(request.params, dict)
    )
    if not typed:
        raise Failure(FailureKind.REQUEST, f"not a request: {line[:80]!r}")
    return request


def result(id: int, value: Any) -> bytes:  # noqa: A002
    """The line that answers request `id`."""
    return _line({"id": id, "result": value})


def failure(id: int, failed: Failure) -> bytes:  # noqa: A002
    """The line that tells why request `id` has no result."""
    return _line({"id": id, "error": {"kind": failed.kind.value, "message": str(failed)}})


def event(name: str, data: Any) -> bytes:
    """The line that tells of something nobody asked for."""
    return _line({"event": name, "data": data})


def told(text: str) -> str:
    """A name or a reason as others are told it."""
    return text[:LONGEST_TOLD]


def _line(message: dict[str, Any]) -> bytes:
    # Python has lone surrogates for the bytes of a file's name that is not UTF-8, as layers have it
    # from theirs; no JSON that the daemon hands on can tell them.
    line = json.dumps(message, ensure_ascii=False)
    return _TEXT.sub(_spelled, line).encode(errors="replace") + b"\n"


def _spelled(text: re.Match[str]) -> str:
    """A string without the signs by which the daemon counts a line's parts, wherever they stand."""
    found = text[0]
    for sign in "[{,":
        found = found.replace(sign, f"\\u{ord(sign):04x}")
    return found
