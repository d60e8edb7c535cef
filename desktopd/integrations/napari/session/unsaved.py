"""What keeps a value from being saved: what it is, or what is lacking."""

from __future__ import annotations


class Unsaved(Exception):
    """A value of a kind that is not kept: names the kind."""


LACKS = (OSError, MemoryError)
"""Raised where a disk or memory is lacking for what could be saved another time."""
