"""Puts a saved session back into a viewer that has done what its command line asked for.

Tested by tests/unit/integrations/napari/session/test_restore.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from desktopd.integrations.napari.protocol import told
from desktopd.integrations.napari.session.attempt import attempt
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.document import MOST_LAYERS
from desktopd.integrations.napari.session.found import Found, NotRestored
from desktopd.integrations.napari.session.links import Link, unlinked
from desktopd.integrations.napari.session.made import recorded_of
from desktopd.integrations.napari.session.restore_layer import LayerRestoring
from desktopd.integrations.napari.session.restored import KEPT, Restored
from desktopd.integrations.napari.session.viewed import restore_view

log = logging.getLogger(__name__)


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
        self._one = LayerRestoring(viewer, blocks, self._found, self._restored)
        self._missed: list[dict[str, Any]] = []
        self.unrestored: list[dict[str, Any]] = []
        self.records: list[tuple[Any, dict[str, Any]]] = []

    def run(self, document: Mapping[str, Any]) -> Restored:
        """Put back the layers in their order, and the view; what fails is told in the answer.

        What an earlier start could not put back comes above all others.
        """
        records, again, view = document["layers"], unrestored_of(document), view_of(document)
        room = MOST_LAYERS - len(records)
        # What is put back of one would be set of those that a script has linked with it.
        with unlinked(self._viewer.layers) as links:
            recorded = list(self._layers(records))
            back = recorded + list(self._layers(again[:room], again=True))
            self.unrestored += again[room:]
            self._found.clear([*self._missed, *again[room:]], view.get("begun"))
            self._arrange(back)
            self._one.settle()
            self._restore_view(view, recorded, links)
        return self._restored

    def _arrange(self, back: Iterable[tuple[Any, str]]) -> None:
        """Have the layers that are back lie in their order, above all others, by their names."""
        layers = self._viewer.layers
        # While a file was read, a script or its user may have removed some.
        there = [(layer, name) for layer, name in back if layer in layers]
        for layer, name in there:
            attempt(f"the place of {name}", partial(_raise, layers, layer))
        for layer, name in there:
            attempt(f"the name of {name}", partial(setattr, layer, "name", name))

    def _restore_view(
        self, view: Mapping[str, Any], recorded: list[tuple[Any, str]], links: list[Link]
    ) -> None:
        """Put back the view, and leave those `links` of a script of which it does not tell."""
        layers = self._viewer.layers
        # Another layer of the viewer may have such a name.
        named = {name: layer for layer, name in reversed(recorded) if layer in layers}
        stays = restore_view(self._viewer, view, named)
        if stays:
            self._restored.miss(f"view: {', '.join(stays)}", "the view is there without it")
        parts = {name.partition(".")[0] for name in stays}
        self._restored.camera = "camera" in view and "camera" not in parts
        if view.get("links") is not None and self._same_command and "links" not in stays:
            known = {id(layer) for layer, _ in recorded}
            links[:] = [link for link in links if not {*map(id, link[:2])} <= known]

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
                layer = self._one.layer(record, again=again)
            except Exception as error:
                self._miss(record, error)
                continue
            if self._blocks.failures > failures:
                self.unrestored.append(record)
            else:
                self.records.append((layer, record))
            self._restored.layers.append(told(record["name"]))
            yield layer, record["name"]

    def _miss(self, record: dict[str, Any], error: Exception) -> None:
        self._missed.append(record)
        if record.get("lost") and not record.get("source") and recorded_of(record) is None:
            # Nobody makes it again.
            self._restored.miss(record["name"], str(record["lost"]))
            return
        said = isinstance(error, NotRestored)
        reason = str(error) if said else f"{type(error).__name__}: {error}"
        log.warning("desktopd: %r is not restored: %s", record["name"], reason, exc_info=not said)
        self._restored.miss(record["name"], reason, "" if said else KEPT)
        self.unrestored.append(record)


def _raise(layers: Any, layer: Any) -> None:
    layers.move(layers.index(layer), len(layers))


def unrestored_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The records that an earlier start could not put back."""
    records = document.get("unrestored")
    if not isinstance(records, list):
        return []
    return [one for one in records if isinstance(one, dict) and isinstance(one.get("name"), str)]


def view_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is saved of the viewer beside its layers."""
    view = document.get("view")
    return view if isinstance(view, dict) else {}
