"""What runs in the thread of an X connection: its requests in turn, and the reading of events.

Only that thread touches python-xlib's Display, and all of this. Tested with the connection by
tests/x11/test_connection.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from Xlib import error

from desktopd.x11.errors import ConnectionLost, XRequestError, error_name
from desktopd.x11.xlib_patches import Display

T = TypeVar("T")
Event = Any

logger = logging.getLogger(__name__)


class XThread:
    """The Display of a connection, and what is done with it."""

    def __init__(
        self, name: str, display: Display, deliver: Callable[[list[Event]], object]
    ) -> None:
        """`deliver` takes the events that have come; the X thread calls it."""
        self._name = name
        self._display = display
        self._deliver = deliver
        self._failures: set[str] = set()
        display.set_error_handler(self._log_refusal)

    def perform(self, request: Callable[[Display], T]) -> T:
        """Run the request, then read the events that came with it or before."""
        try:
            return request(self._display)
        except error.ConnectionClosedError as closed:
            raise ConnectionLost(f"X {self._name}: {closed}") from closed
        except error.XError as refusal:
            raise XRequestError(error_name(refusal)) from refusal
        finally:
            self._collect_events()

    def attempt(self, request: Callable[[Display], object], display: Display) -> None:
        """Run a request that nobody waits for; a failure is logged, each kind once."""
        try:
            request(display)
            display.flush()
        except error.ConnectionClosedError:
            raise
        except Exception as failure:
            name = getattr(getattr(request, "func", request), "__qualname__", repr(request))
            reason = error_name(failure) if isinstance(failure, error.XError) else repr(failure)
            text = f"{name}: {reason}"
            if text not in self._failures:
                self._failures.add(text)
                logger.warning("X %s: %s", self._name, text, exc_info=failure)

    def close(self) -> None:
        """End the connection."""
        self._display.display.close_internal("client")

    def _collect_events(self) -> None:
        events: list[Event] = []
        try:
            self._display.fileno()
            if self._display.display.recv_active:
                raise RuntimeError("python-xlib stopped inside a message")
            while self._display.pending_events():
                events.append(self._display.next_event())
        except error.ConnectionClosedError as closed:
            raise ConnectionLost(f"X {self._name}: {closed}") from closed
        except Exception as failure:
            logger.exception("X %s: cannot read what the server sent", self._name)
            raise ConnectionLost(f"X {self._name}: {failure}") from failure
        finally:
            if events:
                self._deliver(events)

    def _log_refusal(self, refusal: Any, _request: Any) -> int:
        logger.warning(
            "X %s: %s for request %d.%d on resource %#x",
            self._name,
            error_name(refusal),
            refusal.major_opcode,
            refusal.minor_opcode,
            getattr(refusal.resource_id, "id", refusal.resource_id),
        )
        return 1
