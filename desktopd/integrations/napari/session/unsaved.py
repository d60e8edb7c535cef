"""What is said of a value that is not kept."""

from __future__ import annotations


class Unsaved(Exception):
    """A value of a kind that is not kept: names the kind."""
