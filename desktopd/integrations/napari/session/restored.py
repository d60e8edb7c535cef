"""What is told of a session that was put back: what is there again, and what is not.

Tested by tests/unit/integrations/napari/session/test_restore.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from desktopd.integrations.napari.protocol import LONGEST_TOLD, told

KEPT = " (kept, and tried again at the next start)"


@dataclass
class Restored:
    """What is back, by name, and what is not, with the reason: a layer, or what was set of one.

    `unsaved` are layers whose data the session itself has kept, with what no file has of them.
    """

    layers: list[str] = field(default_factory=list)
    unsaved: list[str] = field(default_factory=list)
    camera: bool = False
    missing: list[dict[str, str]] = field(default_factory=list)

    def miss(self, name: str, reason: str, end: str = "") -> None:
        """Note what is not back; of a long `reason` the `end` is told all the same."""
        room = LONGEST_TOLD - len(end)
        self.missing.append({"name": told(name), "reason": reason[:room] + end})

    def tell_once(self) -> None:
        """Leave out what is noted more than once."""
        self.unsaved = list(dict.fromkeys(self.unsaved))
        once = dict.fromkeys((one["name"], one["reason"]) for one in self.missing)
        self.missing = [{"name": name, "reason": reason} for name, reason in once]
