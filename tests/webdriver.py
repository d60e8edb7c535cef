"""A browser that is told what to do: W3C WebDriver over HTTP, as far as the tests need it."""

from __future__ import annotations

from typing import Any, Protocol

import httpx

from tests import http

WITHIN = 60  # seconds for one command

Way = tuple[tuple[int, int], tuple[int, int]]


class Window(Protocol):
    """The one window of a browser, whatever drives it. Keys and mouse come from the X server."""

    def visit(self, address: str) -> None:
        """Open an address, and wait for its page."""

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, as JSON can tell it; a promise is awaited."""

    def fingers(self, *ways: Way) -> None:
        """Put down a finger at the start of each way, move all to the ends, and lift them."""


class WebDriver:
    """A session of a driver that listens at `driver`, such as http://127.0.0.1:4444."""

    def __init__(self, driver: str, **capabilities: object) -> None:
        self._address = f"{driver}/session"
        told = self._command("POST", "", capabilities={"alwaysMatch": capabilities})
        self._address += "/" + told["sessionId"]

    def visit(self, address: str) -> None:
        """Open an address, and wait for its page."""
        self._command("POST", "/url", url=address)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, as JSON can tell it; a promise is awaited."""
        return self._command("POST", "/execute/sync", script=f"return ({expression})", args=[])

    def fingers(self, *ways: Way) -> None:
        """Put down a finger at the start of each way, move all to the ends, and lift them."""
        self._command("POST", "/actions", actions=touches(*ways))

    def close(self) -> None:
        """End the session, and the browser with it."""
        self._command("DELETE", "")

    def _command(self, method: str, path: str, **parameters: object) -> Any:
        body = parameters if method == "POST" else None
        answer = http.request(method, self._address + path, json=body, timeout=WITHIN)
        value = answer.json()["value"]
        assert answer.status_code == 200, f"{path}: {value}"
        return value


def listens(driver: str) -> bool:
    """Whether a driver takes sessions at this address."""
    try:
        return bool(http.get(f"{driver}/status", timeout=1).json()["value"]["ready"])
    except httpx.TransportError:
        return False


def touches(*ways: Way) -> list[dict[str, Any]]:
    """Fingers that go along these ways at once, in a fifth of a second (Perform Actions)."""
    return [
        {
            "type": "pointer",
            "id": f"finger {number}",
            "parameters": {"pointerType": "touch"},
            "actions": [
                {"type": "pointerMove", "duration": 0, "x": start[0], "y": start[1]},
                {"type": "pointerDown", "button": 0},
                {"type": "pointerMove", "duration": 200, "x": end[0], "y": end[1]},
                {"type": "pointerUp", "button": 0},
            ],
        }
        for number, (start, end) in enumerate(ways)
    ]
