"""Limits that several rooms keep, so that what one of them takes no other refuses."""

from __future__ import annotations

CLIPBOARD_LIMIT = 1 << 20
"""Bytes of a text in the clipboard, as UTF-8: 1 MiB."""
