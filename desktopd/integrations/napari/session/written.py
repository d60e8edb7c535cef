"""What is told of one save.

Tested by tests/unit/integrations/napari/session/test_writer.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from desktopd.integrations.napari.protocol import told
from desktopd.integrations.napari.session.rests import Key


@dataclass
class Written:
    """How a save went: seconds for each layer, by None for the rest, and what is not in it.

    Layers that `missed` it, for what may pass, are to be given again; `error` is of the first. All
    that is in none of these is saved where it `is_there`.
    """

    lengths: dict[Key, float] = field(default_factory=dict)
    not_kept: list[dict[str, str]] = field(default_factory=list)
    error: str | None = None
    missed: set[Key] = field(default_factory=set)
    is_there: bool = False

    def miss(self, keys: Iterable[Key], why: str) -> None:
        """Note that layers missed this save."""
        self.missed.update(keys)
        self.error = self.error or told(why)
