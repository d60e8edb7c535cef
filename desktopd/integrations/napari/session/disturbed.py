"""Which layers change while others are put back, as a script has them do by events of those.

Tested by tests/unit/integrations/napari/session/test_disturbed.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

OF_DATA = frozenset({"data", "labels_update", "paint"})
"""Events of a layer whose data is another, or has others in it."""


class Disturbed:
    """Layers, and what napari has told since that there changed."""

    def __init__(self) -> None:
        self._watched: dict[int, tuple[Any, frozenset[str]]] = {}
        self._changed: dict[int, set[str]] = {}

    def watch(self, layer: Any, names: Iterable[str]) -> None:
        """Note from now on which of `names` change of `layer`, and whether its data does."""
        self._watched[id(layer)] = layer, OF_DATA.union(names)
        layer.events.connect(self._on_event)

    def end(self) -> list[tuple[Any, bool]]:
        """Watch no longer; gives the layers that have changed, each with whether its data has."""
        for layer, _ in self._watched.values():
            layer.events.disconnect(self._on_event)
        changed = self._changed.items()
        found = [(self._watched[key][0], not names.isdisjoint(OF_DATA)) for key, names in changed]
        self._watched, self._changed = {}, {}
        return found

    def _on_event(self, event: Any) -> None:
        key = id(event.source)
        if key in self._watched and event.type in self._watched[key][1]:
            self._changed.setdefault(key, set()).add(event.type)
