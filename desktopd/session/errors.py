"""Errors of a session."""

from __future__ import annotations


class SessionError(Exception):
    """The session cannot go on: says what failed and what to do."""


class LaunchError(SessionError):
    """A program could not be started: names it and the remedy."""
