"""Firefox's own remote control (Marionette, protocol 3): WebDriver's commands as JSON over TCP."""

from __future__ import annotations

import json
import socket
from typing import Any

from tests.webdriver import WITHIN, Way, touches


class Marionette:
    """A session of a Firefox that was started with --marionette; OSError before it listens."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), WITHIN)
        self._stream = self._socket.makefile("rwb")
        self._number = 0
        greeting = self._read()
        assert greeting["marionetteProtocol"] == 3, greeting
        self._command("WebDriver:NewSession", acceptInsecureCerts=True)

    def visit(self, address: str) -> None:
        """Open an address, and wait for its page."""
        self._command("WebDriver:Navigate", url=address)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, as JSON can tell it; a promise is awaited."""
        told = self._command("WebDriver:ExecuteScript", script=f"return ({expression})", args=[])
        return told["value"]

    def fingers(self, *ways: Way) -> None:
        """Put down a finger at the start of each way, move all to the ends, and lift them."""
        self._command("WebDriver:PerformActions", actions=touches(*ways))

    def close(self) -> None:
        """End the browser."""
        self._command("Marionette:Quit", flags=["eForceQuit"])
        self._stream.close()
        self._socket.close()

    def _command(self, name: str, **parameters: object) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, name, parameters]).encode()
        self._stream.write(b"%d:%b" % (len(message), message))
        self._stream.flush()
        _, number, error, value = self._read()
        assert number == self._number, f"an answer to command {number}: {value}"
        assert error is None, f"{name}: {error}"
        return value

    def _read(self) -> Any:
        """One message: its length in decimal digits, a colon, JSON."""
        digits = b""
        while (byte := self._stream.read(1)) != b":":
            assert byte, "Firefox has ended"
            digits += byte
        return json.loads(self._stream.read(int(digits)))
