"""Errors that any room may raise, and that whoever speaks to a user answers with.

What only one room raises stands in that room.
test_app tests what becomes of them.
"""

from __future__ import annotations


class DisplayUnavailable(Exception):
    """Nothing can be done with the display at this moment; later it may be possible again.

    `error` says what is missing, `remedy` what to do about it.
    """

    def __init__(self, error: str, remedy: str = "try again in a second") -> None:
        super().__init__(error)
        self.error = error
        self.remedy = remedy


class ListenError(Exception):
    """An address cannot be listened on, or not with TLS: names it and the remedy."""


class CannotEnd(Exception):
    """A process of the session runs as another user by now, as by sudo(8): only he may end it."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid} runs as another user, who alone may end it")
