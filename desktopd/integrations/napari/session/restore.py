"""Puts a saved session back into a viewer that has done what its command line asked for.

Tested by tests/unit/integrations/napari/session/test_restore.py.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktopd.integrations.napari.protocol import LONGEST_TOLD, told
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.capture import EDITABLE
from desktopd.integrations.napari.session.colouring import restore_colouring
from desktopd.integrations.napari.session.decode_state import decode_each, decode_state
from desktopd.integrations.napari.session.document import MOST_LAYERS
from desktopd.integrations.napari.session.found import Found, NotRestored
from desktopd.integrations.napari.session.links import Linked
from desktopd.integrations.napari.session.made import note_instead, recorded_of
from desktopd.integrations.napari.session.making import CONSTRUCTED, apply, make
from desktopd.integrations.napari.session.overlays import restore_overlays
from desktopd.integrations.napari.session.own_file import has_more, is_filed
from desktopd.integrations.napari.session.reading import note_reading
from desktopd.integrations.napari.session.values import decode
from desktopd.integrations.napari.session.viewed import restore_view

log = logging.getLogger(__name__)

KEPT = " (kept, and tried again at the next start)"
UNREAD = "what is set of it cannot be read (kept, and tried again at the next start)"
UNMADE = (
    "its data is in a file that the command has not opened"
    " (kept, and tried again at the next start)"
)
COPY = "what is there is a copy: nothing that is painted goes to the file of its data any more"
OTHER = "its file has other data now: what is there is what was saved, and goes there no more"


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


class Restoring:
    """One session on its way back. `same_command`: the viewer was started as the saved one was.

    `unrestored` are the records of layers that are not back, and may be another time; `records`
    those of layers that are.
    """

    def __init__(self, viewer: Any, blocks: Blocks, *, same_command: bool) -> None:
        self._viewer = viewer
        self._blocks = blocks
        self._same_command = same_command
        self._found = Found(viewer, same_command=same_command)
        self._restored = Restored()
        self._missed: list[dict[str, Any]] = []
        self.unrestored: list[dict[str, Any]] = []
        self.records: list[tuple[Any, dict[str, Any]]] = []

    def run(self, document: Mapping[str, Any]) -> Restored:
        """Put back the layers in their order, and the view; what fails is told in the answer.

        What an earlier start could not put back comes above all others.
        """
        records, again = document["layers"], unrestored_of(document)
        room = MOST_LAYERS - len(records)
        # What is put back of one would be set of those that a script has linked with it.
        linked = Linked(self._viewer.layers)
        recorded = list(self._layers(records))
        back = recorded + list(self._layers(again[:room], again=True))
        self.unrestored += again[room:]
        self._found.clear([*self._missed, *again[room:]])
        for layer, _ in back:
            self._viewer.layers.move(self._viewer.layers.index(layer), len(self._viewer.layers))
        for layer, name in back:
            layer.name = name
        try:
            view = document["view"]
            # Another layer of the viewer may have such a name.
            restore_view(self._viewer, view, {name: layer for layer, name in reversed(recorded)})
            if view.get("links") is None or not self._same_command:
                linked.restore(self._viewer.layers)
            self._restored.camera = True
        except Exception:
            # The layers are there, and what is kept for another time has to stay so.
            log.warning("desktopd: the view is not restored", exc_info=True)
        return self._restored

    def _layers(
        self, records: list[dict[str, Any]], *, again: bool = False
    ) -> Iterator[tuple[Any, str]]:
        """The layers that are back, the lowest first, and their names.

        Where a disk does not give all of one, it is back without that, and kept for another time;
        one that is tried `again` is back whole alone.
        """
        for record in records:
            failures = self._blocks.failures
            try:
                layer = self._layer(record, again=again)
            except Exception as error:
                self._miss(record, error)
                continue
            if self._blocks.failures > failures:
                self.unrestored.append(record)
            else:
                self.records.append((layer, record))
            self._restored.layers.append(told(record["name"]))
            if record["data"] is not None and not is_filed(layer.data):
                self._restored.unsaved.append(told(record["name"]))
            yield layer, record["name"]

    def _miss(self, record: dict[str, Any], error: Exception) -> None:
        self._missed.append(record)
        if record.get("lost") and not record.get("source"):
            self._restored.miss(record["name"], str(record["lost"]))
            return
        said = isinstance(error, NotRestored)
        reason = str(error) if said else f"{type(error).__name__}: {error}"
        log.warning("desktopd: %r is not restored: %s", record["name"], reason, exc_info=not said)
        self._restored.miss(record["name"], reason, "" if said else KEPT)
        self.unrestored.append(record)

    def _layer(self, record: Mapping[str, Any], *, again: bool) -> Any:
        layer, failures = self._found.match(record), self._blocks.failures
        state, stays = decode_state(record["state"], self._blocks)
        besides, others = decode_each(record["besides"], self._blocks)
        is_whole = self._blocks.failures == failures
        if again and not is_whole:
            raise NotRestored(UNREAD)
        data = self._data(layer, record)
        if data is not None:
            layer, unset = self._replace(layer, data, record, state)
            others += unset
        else:
            layer = layer or self._open(record)
            self._found.take(layer)
            others += apply(layer, {k: v for k, v in state.items() if k not in CONSTRUCTED})
            if isinstance(metadata := state.get("metadata"), dict):
                # What its reader has put there may be more than can be kept.
                layer.metadata.update(metadata)
        others += restore_colouring(layer, record.get("colouring"))
        others += apply(layer, besides)
        restore_overlays(layer, record.get("overlays", {}))
        if stays or others:
            what = ", ".join(stays + others)
            end = "" if is_whole else KEPT
            self._restored.miss(f"{record['name']}: {what}", "the layer is there without it", end)
        made = recorded_of(record)
        if record["lost"] and (record["source"] or made is None or made.replaced is not False):
            self._restored.miss(record["name"], record["lost"])
        return layer

    def _data(self, former: Any, record: Mapping[str, Any]) -> Any:
        """What the session has of the data; None where it has nothing that `former` has not.

        What is painted into a layer whose data lies in a file of its own goes there, and to a copy
        it does not.
        """
        if record["data"] is None:
            return None
        data = decode(record["data"], self._blocks)
        made = recorded_of(record)
        if made is not None and made.replaced is True:
            return data
        if former is None or not is_filed(former.data):
            if record.get("filed"):
                self._restored.miss(record["name"], COPY)
        elif has_more(former.data, data):
            return None
        else:
            self._restored.miss(record["name"], OTHER)
        return data

    def _open(self, record: Mapping[str, Any]) -> Any:
        if not record["source"]:
            raise NotRestored(UNMADE)
        return self._found.open(record)

    def _replace(
        self, former: Any, data: Any, record: Mapping[str, Any], state: Mapping[str, Any]
    ) -> tuple[Any, list[str]]:
        """A layer of data that the session has, for `former`; and the names of what stays unset."""
        # Data that took the place of a file's are in no file.
        source = record["source"] if record["type"] in EDITABLE else None
        with _source(source):
            layer, unset = make(data, state, record["type"])
        note_instead(layer, former)
        if source is not None:
            note_reading(layer, source)
        try:
            self._viewer.add_layer(layer)
        except Exception:
            # One that cannot be drawn is in the list already.
            self._found.drop(layer)
            raise
        if former is not None:
            self._found.drop(former)
        return layer, unset


def unrestored_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records that an earlier start could not put back."""
    records = document.get("unrestored")
    if not isinstance(records, list):
        return []
    return [one for one in records if isinstance(one, dict) and isinstance(one.get("name"), str)]


@contextlib.contextmanager
def _source(source: Mapping[str, Any] | None) -> Iterator[None]:
    """Have layers that are made in a block tell from where they once were read."""
    if source is None:
        yield
        return
    from napari.layers._source import layer_source

    if "path" in source:
        told = {"path": source["path"], "reader_plugin": source["plugin"]}
    else:
        told = {"sample": tuple(source["sample"])}
    with layer_source(**told):
        yield
