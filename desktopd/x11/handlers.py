"""Functions that want to hear of something."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Handlers(Generic[T]):
    """Calls every handler in turn; one that fails is logged and keeps nothing from the others."""

    def __init__(self) -> None:
        self._handlers: list[Callable[[T], None]] = []

    def add(self, handler: Callable[[T], None]) -> Callable[[], None]:
        """Have `handler` called from now on; returns what ends that."""
        self._handlers.append(handler)
        return lambda: self._handlers.remove(handler)

    def __call__(self, news: T) -> None:
        """Tell every handler."""
        for handler in tuple(self._handlers):
            try:
                handler(news)
            except Exception:
                logger.exception("%r failed on %r", handler, news)
