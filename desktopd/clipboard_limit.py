"""How much text the clipboard takes: what one room takes of it, no other refuses."""

from __future__ import annotations

CLIPBOARD_LIMIT = 1 << 20
"""Bytes of a text in the clipboard, as UTF-8: 1 MiB."""
