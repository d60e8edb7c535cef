"""Errors of a session."""

from __future__ import annotations


class SessionError(Exception):
    """The session cannot go on: says what failed and what to do."""


class LaunchError(SessionError):
    """A program could not be started: names it and the remedy."""


class CannotEnd(SessionError):
    """A process of the session runs as another user by now, as by sudo(8): only he may end it."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid} runs as another user, who alone may end it")
