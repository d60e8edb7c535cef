"""Who wants to be told of a change."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, ParamSpec

log = logging.getLogger(__name__)

P = ParamSpec("P")


class Observers(Generic[P]):
    """Handlers that are called in turn; one that raises is logged and does not stop the others."""

    def __init__(self) -> None:
        self._handlers: list[Callable[P, None]] = []

    def __len__(self) -> int:
        return len(self._handlers)

    def add(self, handler: Callable[P, None]) -> Callable[[], None]:
        """Call `handler` from now on; returns how to end that."""
        self._handlers.append(handler)

        def remove() -> None:
            if handler in self._handlers:
                self._handlers.remove(handler)

        return remove

    def call(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every handler."""
        for handler in tuple(self._handlers):
            try:
                handler(*args, **kwargs)
            except Exception:
                log.exception("%r failed", handler)
