"""The text of ``desktopd config``."""

from __future__ import annotations

from desktopd.config.load import Loaded
from desktopd.config.settings import NAMES


def describe(loaded: Loaded) -> str:
    """Each setting on a line: its name, its value, where it came from; secrets masked."""
    rows = []
    for name in NAMES:
        value = getattr(loaded.settings, name)
        if isinstance(value, tuple):
            value = " ".join(value)
        elif isinstance(value, bool):
            value = str(value).lower()
        rows.append((name, "" if value is None else str(value), loaded.origins[name]))
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "\n".join(f"{n:<{widths[0]}}  {v:<{widths[1]}}  {o}".rstrip() for n, v, o in rows)
