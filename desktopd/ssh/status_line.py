"""What is said to the user of a terminal: sentences, and one line that is written anew.

Tested by tests/unit/ssh/test_status_line.py.
"""

from __future__ import annotations

import shutil
import sys
from typing import TextIO

_ERASE = "\r\x1b[K"


class StatusLine:
    """stderr: where that is no terminal, each text is a line of its own, said once."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = ""

    def __enter__(self) -> StatusLine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown and self._stream.isatty():
            self._write("\n")

    def show(self, text: str) -> None:
        """Have the line be `text`, in place of what it was."""
        if text == self._shown:
            return
        self._shown = text
        if self._stream.isatty():
            width = shutil.get_terminal_size().columns - 1
            self._write(f"{_ERASE}{text[:width]}")
        else:
            self._write(f"{text}\n")

    def say(self, text: str) -> None:
        """Say a sentence that stays."""
        erase = _ERASE if self._shown and self._stream.isatty() else ""
        self._shown = ""
        self._write(f"{erase}{text}\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
