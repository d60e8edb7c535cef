"""One sentence in the languages that there are besides English."""

from __future__ import annotations

from typing import NamedTuple


class Translation(NamedTuple):
    """One sentence; ``{}`` is for what differs each time."""

    german: str
    chinese: str
