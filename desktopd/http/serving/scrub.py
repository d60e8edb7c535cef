"""Keeps tokens out of the log of the HTTP server, which logs URLs."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

_LOGGERS = (
    *("uvicorn", "uvicorn.error", "uvicorn.error.connection", "uvicorn.access", "uvicorn.asgi"),
    "asyncio",
)
# In a URL, maybe inside another one, or in a header.
_SECRETS = re.compile(r"""((?:token|ticket)(?:=|%3d)|bearer(?:\s+|\.))[^\s&;"',]+""", re.IGNORECASE)


class Scrub(logging.Filter):
    """Replaces tokens in messages and tracebacks."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; lets every record through."""
        record.msg, record.args = _scrubbed(record.getMessage()), None
        if record.exc_info:
            record.exc_text = _scrubbed(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


@contextmanager
def scrubbed_logs() -> Iterator[None]:
    """Scrub what uvicorn and asyncio log for as long as the context lasts."""
    scrub = Scrub()
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addFilter(scrub)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(scrub)


def _scrubbed(text: str) -> str:
    return _SECRETS.sub(r"\1…", text)
