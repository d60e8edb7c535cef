"""The layers that a session's records may be: those in the viewer, and what their files hold.

Tested by tests/unit/integrations/napari/session/test_restore.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desktopd.integrations.napari import layers
from desktopd.integrations.napari.session.reading import INDEX, read, reading_of, source_of


class NotRestored(Exception):
    """A layer cannot be had again; says why."""


class Found:
    """Layers of a viewer that are nobody's yet. `superfluous`: in the end there are to be none."""

    def __init__(self, viewer: Any, *, superfluous: bool) -> None:
        self._viewer = viewer
        self._free = list(viewer.layers)
        self._superfluous = list(viewer.layers) if superfluous else []
        self._read: dict[str, list[Any] | Exception] = {}

    def match(self, record: Mapping[str, Any]) -> Any:
        """A layer that is the recorded one as its file has it; None without one."""
        alike = [layer for layer in self._free if _is_like(layer, record)]
        named = [layer for layer in alike if layer.name == record["name"]]
        if record["source"] is None:
            alike = []
        return next(iter(named + alike), None)

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
        for candidates in (self._free, self._superfluous):
            if layer in candidates:
                candidates.remove(layer)

    def drop(self, layer: Any) -> None:
        """Remove `layer` from the viewer."""
        self.take(layer)
        if layer in self._viewer.layers:
            self._viewer.layers.remove(layer)

    def clear(self) -> None:
        """Remove what is superfluous."""
        for layer in list(self._superfluous):
            self.drop(layer)

    def _again(self, source: Mapping[str, Any]) -> list[Any] | Exception:
        """The layers of one more reading, or why there are none."""
        try:
            added = read(self._viewer, source)
        except Exception as error:
            if not _is_away(source):
                return error
            return NotRestored(
                f"{_place(source)} is not there (kept, and tried again at the next start)"
            )
        self._free += added
        self._superfluous += added
        return added


def _is_like(layer: Any, record: Mapping[str, Any]) -> bool:
    """Whether a layer may be the recorded one; each of a reading, where nobody noted which."""
    source, wanted = source_of(layer), record["source"]
    if source is None or wanted is None:
        return source is wanted and layers.kind(layer) == record["type"]
    return (
        reading_of(source) == reading_of(wanted)
        and source.get(INDEX) in (None, wanted.get(INDEX, source.get(INDEX)))
        and layers.kind(layer) == record["type"]
        and (record["data"] is not None or layers.shape(layer) == record["shape"])
    )


def _has(given: list[Any] | Exception, record: Mapping[str, Any]) -> bool:
    return not isinstance(given, Exception) and any(_is_like(layer, record) for layer in given)


def _place(source: Mapping[str, Any]) -> str:
    return str(source["path"] if "path" in source else source["sample"])


def _is_away(source: Mapping[str, Any]) -> bool:
    """Whether a source is a file, and none is there."""
    path = Path(source.get("path") or "")
    return path.is_absolute() and not path.exists()
