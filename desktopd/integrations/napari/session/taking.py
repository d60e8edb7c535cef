"""Takes layers for a save, and knows of each what it was when it came and when it was last taken.

Tested by tests/unit/integrations/napari/session/test_autosave.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from desktopd.integrations.napari import layers as described
from desktopd.integrations.napari.session.capture import Captured, capture, capture_nothing
from desktopd.integrations.napari.session.data_as_read import DataAsRead
from desktopd.integrations.napari.session.each import each_told, settled
from desktopd.integrations.napari.session.in_place import InPlace
from desktopd.integrations.napari.session.made import made_of
from desktopd.integrations.napari.session.reading import source_of
from desktopd.integrations.napari.session.rests import Key

log = logging.getLogger(__name__)


class Taking:
    """The layers of one viewer by their ids. Every method is to be called in the main thread."""

    def __init__(self) -> None:
        # A layer that is known lives, so that no other gets its id.
        self._known: dict[Key, tuple[Any, DataAsRead | None]] = {}
        self._taken: dict[Key, InPlace | None] = {}

    def follow(self, layer: Any) -> None:
        """Note what the data of `layer` is, the first time."""
        if id(layer) not in self._known:
            self._known[id(layer)] = layer, _origin(layer)

    def forget_all_but(self, layers: Iterable[Any]) -> set[Key]:
        """Drop the layers that are gone; gives their ids."""
        gone = self._known.keys() - {id(layer) for layer in layers}
        for key in gone:
            del self._known[key]
            self._taken.pop(key, None)
        return gone

    def is_another(self, layer: Any) -> bool:
        """Whether `layer` is seen to be another than it was last taken, without an event."""
        taken = self._taken.get(id(layer))
        try:
            return taken is not None and taken.is_another(layer)
        except Exception as error:
            # A plugin's metadata may be anything.
            log.info("desktopd: nobody sees what changes in place in a layer: %s", error)
            return False

    def take(self, layer: Any) -> Captured:
        """`layer` now, or why it cannot be saved."""
        _, origin = self._known.get(id(layer), (layer, None))
        self._taken[id(layer)] = _in_place(layer)
        try:
            return capture(layer, replaced=origin is not None and origin.is_replaced(layer.data))
        except Exception as error:
            # A plugin's layer may be anything, and is no reason to save none of the others.
            nothing = _nothing(layer, f"{type(error).__name__}: {error}")
            log.warning("desktopd: layer %r is not saved", nothing.name, exc_info=True)
            return nothing


def _nothing(layer: Any, why: str) -> Captured:
    """Whatever a layer that raises tells all the same."""
    tells: dict[str, Callable[[], Any]] = {
        "name": lambda: layer.name,
        "source": lambda: source_of(layer),
    }
    (found, _), made = settled(each_told(tells), None), made_of(layer)
    made = made and replace(made, replaced=True)
    kind = described.kind(layer)
    return capture_nothing(found.get("name", kind), kind, why, found.get("source"), made)


def _in_place(layer: Any) -> InPlace | None:
    try:
        return InPlace(layer)
    except Exception as error:
        log.info("desktopd: nobody sees what changes in place in a layer: %s", error)
        return None


def _origin(layer: Any) -> DataAsRead | None:
    """What the data of a layer is that a file or a script gave, to see whether it was replaced."""
    try:
        is_given = source_of(layer) is not None or made_of(layer) is not None
        return DataAsRead(layer) if is_given else None
    except Exception:
        log.warning("desktopd: nobody sees when a layer is changed", exc_info=True)
        return None
