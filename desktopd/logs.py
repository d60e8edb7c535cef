"""How the daemon's log is written, as text or as JSON, and the audit log, which is always JSON.

What comes from outside may be in any line: none of it can begin a line, or look like one.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import WatchedFileHandler
from pathlib import Path
from typing import Any

from desktopd import audit

log = logging.getLogger(__name__)

_TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
# C0 and C1 controls, and what Unicode counts as the end of a line.
_UNSAFE = (*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
_ESCAPED = {code: f"\\x{code:02x}" for code in _UNSAFE} | {0x0A: "\n    ", 0x09: "\t"}


class TextFormatter(logging.Formatter):
    """A record begins at the left edge, and nothing else does: further lines stand indented."""

    def __init__(self) -> None:
        super().__init__(_TEXT)

    def format(self, record: logging.LogRecord) -> str:
        """The record, its traceback included."""
        return super().format(record).translate(_ESCAPED)


class JsonFormatter(logging.Formatter):
    """An object a line, with what has gone wrong as ``error``."""

    def format(self, record: logging.LogRecord) -> str:
        """The record, its traceback included."""
        told: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told)


class AuditFormatter(logging.Formatter):
    """An object a line: when, what, and the facts of it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record of `audit.note`."""
        facts: dict[str, str | int] = getattr(record, "facts", {})
        return json.dumps({"time": _time(record), "event": record.getMessage(), **facts})


class AuditFile(WatchedFileHandler):
    """A file for its user alone, opened anew once it has been moved away (logrotate).

    The mode of one that is there already stays as it is. What it does not take, as where the disk
    is full, is told in the log. Raises OSError, also for a named pipe that nobody reads.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Write the whole line of a record, or nothing of it."""
        line = self.format(record)
        try:
            self.reopenIfNeeded()
            self._append(f"{line}\n".encode())
        except OSError as error:
            log.error(
                "audit_log takes no more (%s), so this is told here: %s", error.strerror, line
            )

    def _append(self, data: bytes) -> None:
        if self.stream is None:
            self.stream = self._open()
            self._statstream()
        descriptor = self.stream.fileno()
        written = os.write(descriptor, data)
        if written != len(data):
            # A pipe takes a line of up to 4,096 bytes as a whole, or not (PIPE_BUF).
            os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        # Otherwise a pipe is waited for, without a reader and with one that reads no more.
        descriptor = os.open(self.baseFilename, flags | os.O_NONBLOCK, 0o600)
        return open(descriptor, "a", encoding=self.encoding)


def set_up(level: str, form: str, audit_log: Path | None) -> None:
    """Log to the standard error as ``text`` or ``json``, and audit into a file if there is one.

    Raises OSError.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    root.setLevel(level.upper())
    root.addHandler(handler)
    audit.log.propagate = False
    if audit_log is not None:
        file = AuditFile(audit_log, encoding="utf-8")
        file.setFormatter(AuditFormatter())
        audit.log.setLevel(logging.INFO)
        audit.log.addHandler(file)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
