"""Puts a saved session back into a viewer that has done what its command line asked for.

Tested by tests/unit/integrations/napari/session/test_restore.py and test_followers.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from desktopd.integrations.napari.protocol import told
from desktopd.integrations.napari.session.attempt import attempt
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.callbacks import Callbacks
from desktopd.integrations.napari.session.document import MOST_LAYERS
from desktopd.integrations.napari.session.found import Found, NotRestored
from desktopd.integrations.napari.session.links import Link, unlinked
from desktopd.integrations.napari.session.made import recorded_of
from desktopd.integrations.napari.session.restore_layer import LayerRestoring
from desktopd.integrations.napari.session.restored import KEPT, Restored
from desktopd.integrations.napari.session.viewed import restore_view

log = logging.getLogger(__name__)


@dataclass
class Recorded:
    """The record of a layer, and as which layer it is back.

    One that is tried `again` is back whole alone; one that `stays` may be back another time.
    """

    record: dict[str, Any]
    again: bool = False
    layer: Any = None
    stays: bool = False

    @property
    def name(self) -> str:
        """What the layer was called."""
        return str(self.record["name"])


class Restoring:
    """One session on its way back. `same_command`: the viewer was started as the saved one was.

    `unrestored` are the records of layers that are not back, and may be another time; `records`
    those of layers that are.
    """

    def __init__(self, viewer: Any, blocks: Blocks, *, same_command: bool) -> None:
        self._viewer = viewer
        self._blocks = blocks
        self._same_command = same_command
        self._callbacks = Callbacks(viewer)
        self._found = Found(viewer, same_command=same_command)
        self._restored = Restored()
        self._one = LayerRestoring(viewer, blocks, self._found, self._restored)
        self.unrestored: list[dict[str, Any]] = []
        self.records: list[tuple[Any, dict[str, Any]]] = []

    def run(self, document: Mapping[str, Any]) -> Restored:
        """Put back the layers in their order, and the view; what fails is told in the answer.

        What an earlier start could not put back comes above all others.
        """
        records, again, view = document["layers"], unrestored_of(document), view_of(document)
        room = MOST_LAYERS - len(records)
        first = [Recorded(record) for record in records]
        every = first + [Recorded(record, again=True) for record in again[:room]]
        # What is put back of one would be set of those that a script has linked with it.
        with self._callbacks.guarded(), unlinked(self._viewer.layers) as links:
            self._put_back(every)
            back = [one for one in every if one.layer is not None]
            missed = [one.record for one in every if one.layer is None]
            self._found.clear([*missed, *again[room:]], view.get("begun"))
            unset = self._lay_out(back, first, view)
            if self._callbacks.were_called:
                unset = self._put_back_unheard(back, first, view)
            self._tell_view(view, unset, first, links)
        self._restored.layers += [told(one.name) for one in back]
        self.records = [(one.layer, one.record) for one in back if not one.stays]
        self.unrestored = [one.record for one in every if one.stays] + again[room:]
        return self._restored

    def _put_back(self, every: Iterable[Recorded]) -> None:
        """Have each be back, the lowest first.

        Where a disk does not give all of one, it is back without that, and stays.
        """
        for one in every:
            failures = self._blocks.failures
            there = one.layer if self._is_there(one) else None
            try:
                one.layer = self._one.layer(one.record, again=one.again, there=there)
            except Exception as error:
                one.stays |= self._miss(one.record, error)
            else:
                one.stays = self._blocks.failures > failures

    def _put_back_unheard(
        self, back: Sequence[Recorded], first: Sequence[Recorded], view: Mapping[str, Any]
    ) -> list[str]:
        """Put back once more what callbacks may have changed, by which they change nothing.

        They have heard the first time, as one has to that shows what the dims are at.
        """
        with self._callbacks.unheard(), unlinked(self._viewer.layers) as links:
            # The view has them.
            links.clear()
            self._put_back(back)
            self._restored.tell_once()
            self._found.drop_new({one.name for one in back})
            return self._lay_out(back, first, view)

    def _lay_out(
        self, back: Iterable[Recorded], first: Sequence[Recorded], view: Mapping[str, Any]
    ) -> list[str]:
        """Have layers lie in their order, above all others, by their names, as they were viewed.

        Gives the names of what stays of the view, in which are the `first` of them.
        """
        layers = self._viewer.layers
        # While a file was read, a script or its user may have removed some.
        there = [one for one in back if self._is_there(one)]
        for one in there:
            attempt(f"the place of {one.name}", partial(_raise, layers, one.layer))
        for one in there:
            attempt(f"the name of {one.name}", partial(setattr, one.layer, "name", one.name))
        # Another layer of the viewer may have such a name.
        named = {one.name: one.layer for one in reversed(first) if self._is_there(one)}
        return restore_view(self._viewer, view, named)

    def _tell_view(
        self,
        view: Mapping[str, Any],
        unset: list[str],
        first: Iterable[Recorded],
        links: list[Link],
    ) -> None:
        """Tell of the view, and leave those `links` of a script of which it does not tell."""
        if unset:
            self._restored.miss(f"view: {', '.join(unset)}", "the view is there without it")
        parts = {name.partition(".")[0] for name in unset}
        self._restored.camera = "camera" in view and "camera" not in parts
        if view.get("links") is not None and self._same_command and "links" not in unset:
            known = {id(one.layer) for one in first}
            links[:] = [link for link in links if not {*map(id, link[:2])} <= known]

    def _miss(self, record: dict[str, Any], error: Exception) -> bool:
        """Tell of a layer that is not back; whether it may be another time."""
        if record.get("lost") and not record.get("source") and recorded_of(record) is None:
            # Nobody makes it again.
            self._restored.miss(record["name"], str(record["lost"]))
            return False
        said = isinstance(error, NotRestored)
        reason = str(error) if said else f"{type(error).__name__}: {error}"
        log.warning("desktopd: %r is not restored: %s", record["name"], reason, exc_info=not said)
        self._restored.miss(record["name"], reason, "" if said else KEPT)
        return True

    def _is_there(self, one: Recorded) -> bool:
        return one.layer is not None and one.layer in self._viewer.layers


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
