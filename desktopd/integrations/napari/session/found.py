"""The layers that a session's records may be: those in the viewer, and what their files hold.

Tested by tests/unit/integrations/napari/session/test_found.py.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from desktopd.integrations.napari import layers
from desktopd.integrations.napari.session.attempt import attempt
from desktopd.integrations.napari.session.made import (
    Made,
    is_noted,
    made_of,
    note_made,
    origin_of,
    recorded_of,
    recorded_origin,
)
from desktopd.integrations.napari.session.reading import INDEX, read, reading_of, source_of

LONGEST_PLACE = 120
"""Characters of a path that are told."""

log = logging.getLogger(__name__)


class NotRestored(Exception):
    """A layer cannot be had again; says why."""


class Found:
    """Layers of a viewer that are nobody's yet.

    `same_command`: they are from the command line that those of the session once were from.
    """

    def __init__(self, viewer: Any, *, same_command: bool) -> None:
        self._viewer = viewer
        note_made(viewer.layers)
        # Each is kept, so that no other gets its id.
        self._taken: dict[int, Any] = {}
        self._opened = list(viewer.layers) if same_command else []
        self._added: list[Any] = []
        self._same_command = same_command
        self._read: dict[str, list[Any] | Exception] = {}

    def match(self, record: Mapping[str, Any]) -> Any:
        """A layer that is the recorded one as its file has it; None without one.

        One of no file is known by the name alone that its command gave, which says nothing under
        another. It may have come since, as a script adds one at a change of another.
        """
        free = [layer for layer in self._viewer.layers if id(layer) not in self._taken]
        alike = [layer for layer in free if _may_be(layer, record)]
        if record["source"] is None:
            made = self.made(None, record)
            named = [layer for layer in alike if made and origin_of(layer) == {"name": made.name}]
            name = made.name if made else record["name"]
            new = [layer for layer in alike if not is_noted(layer) and layer.name == name]
            return next(iter(named + (new if self._same_command else [])), None)
        named = [layer for layer in alike if layer.name == record["name"]]
        return next(iter(named + alike), None)

    def made(self, layer: Any, record: Mapping[str, Any]) -> Made | None:
        """What of this command the recorded layer is, for which `layer` stands, if any does."""
        made = made_of(layer) if layer is not None else None
        if made is None and record["source"] is not None:
            return Made(record["name"])
        return made or (recorded_of(record) if self._same_command else None)

    def open(self, record: Mapping[str, Any]) -> Any:
        """The recorded layer, its source read again; raises what its reader does, or NotRestored.

        A file that was opened twice is read twice; one that is not there, or has no such layer,
        once for all records.
        """
        source = record["source"]
        key = repr(sorted(reading_of(source).items()))
        given = self._read.get(key)
        if given is None or _has(given, record):
            given = self._read[key] = self._again(source)
        if isinstance(given, Exception):
            raise given
        layer = self.match(record)
        if layer is None:
            raise NotRestored(
                f"{_place(source)} holds no such layer (kept, and tried again at the next start)"
            )
        return layer

    def take(self, layer: Any) -> None:
        """Have `layer` be somebody's from now on."""
        self._taken[id(layer)] = layer
        for candidates in (self._opened, self._added):
            if layer in candidates:
                candidates.remove(layer)

    def drop(self, layer: Any) -> None:
        """Remove `layer` from the viewer, as far as that can be."""
        self.take(layer)
        layers = self._viewer.layers
        if layer in layers:
            attempt(f"the removal of a {type(layer).__name__}", partial(layers.remove, layer))

    def clear(self, missed: Iterable[Mapping[str, Any]], begun: Any) -> None:
        """Remove what is still nobody's: its user has.

        That is not so where the `missed` records leave its place empty, and of what the command
        gives now and the session has not `begun` with, a list of origins if anybody has noted it.
        """
        empty = [_place_of(recorded_origin(record)) for record in missed]
        for layer in list(self._opened):
            origin = origin_of(layer)
            is_known = not isinstance(begun, list) or origin in begun
            if is_known and _place_of(origin) not in empty:
                self.drop(layer)
        self._drop_added()

    def drop_new(self, names: Collection[str]) -> None:
        """Remove what a script has made once more of those that are back, by their `names`.

        And what came with it where a file was read once more.
        """
        self._drop_added()
        for layer in list(self._viewer.layers) if self._same_command else []:
            if id(layer) not in self._taken and not is_noted(layer) and layer.name in names:
                self.drop(layer)

    def _drop_added(self) -> None:
        for layer in list(self._added):
            self.drop(layer)

    def _again(self, source: Mapping[str, Any]) -> list[Any] | Exception:
        """The layers of one more reading, or why there are none."""
        before = list(self._viewer.layers)
        try:
            added = read(self._viewer, source)
        except Exception as error:
            # What it has given before it failed is told by nobody to be of this reading.
            for layer in [layer for layer in self._viewer.layers if layer not in before]:
                if "name" not in origin_of(layer):
                    self.drop(layer)
            if not _is_away(source):
                return error
            return NotRestored(
                f"{_place(source)} is not there (kept, and tried again at the next start)"
            )
        self._added += added
        return added


def _may_be(layer: Any, record: Mapping[str, Any]) -> bool:
    try:
        return _is_like(layer, record)
    except Exception as error:
        # A plugin's layer may tell nothing of itself, and is no other layer's matter.
        log.info("desktopd: nobody can tell whether %r is %r: %s", layer, record["name"], error)
        return False


def _is_like(layer: Any, record: Mapping[str, Any]) -> bool:
    """Whether a layer may be the recorded one; each of a reading, where nobody noted which."""
    source, wanted = source_of(layer), record["source"]
    if source is None or wanted is None:
        return source is wanted and layers.kind(layer) == record["type"]
    return (
        _is_same_reading(source, wanted)
        and source.get(INDEX) in (None, wanted.get(INDEX, source.get(INDEX)))
        and layers.kind(layer) == record["type"]
        # One that has not told its shape may have any.
        and (record["data"] is not None or record["shape"] in ([], layers.shape(layer)))
    )


def _is_same_reading(source: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    if INDEX in wanted:
        return reading_of(source) == reading_of(wanted)
    # Nobody noted how it was read, beside from where.
    return all(source.get(key) == value for key, value in wanted.items())


def _place_of(origin: Mapping[str, Any]) -> Any:
    """What all layers of one file or sample have in common; of no file, a name is all there is."""
    return origin.get("path") or origin.get("sample") or origin


def _has(given: list[Any] | Exception, record: Mapping[str, Any]) -> bool:
    return not isinstance(given, Exception) and any(_may_be(layer, record) for layer in given)


def _place(source: Mapping[str, Any]) -> str:
    """Where a source is, in words that leave room for others."""
    place = str(source["path"] if "path" in source else source["sample"])
    return place if len(place) <= LONGEST_PLACE else f"…{place[-LONGEST_PLACE:]}"


def _is_away(source: Mapping[str, Any]) -> bool:
    """Whether a source is a file, and none is there."""
    path = Path(source.get("path") or "")
    return path.is_absolute() and not path.exists()
