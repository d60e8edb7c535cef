"""Puts back one layer: as its file, its script or the session has it, with all that was set of it.

Tested by tests/unit/integrations/napari/session/test_making.py and test_own_file.py.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from desktopd.integrations.napari.protocol import told
from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.decode_state import decode_each, decode_state
from desktopd.integrations.napari.session.found import Found, NotRestored
from desktopd.integrations.napari.session.made import note_replaced, recorded_of
from desktopd.integrations.napari.session.making import dress, make, put
from desktopd.integrations.napari.session.own_file import has_same, is_filed
from desktopd.integrations.napari.session.reading import note_reading
from desktopd.integrations.napari.session.restored import KEPT, Restored
from desktopd.integrations.napari.session.values import decode

log = logging.getLogger(__name__)

UNREAD = "what is set of it cannot be read (kept, and tried again at the next start)"
UNMADE = "the command has neither made nor opened it (kept, and tried again at the next start)"
COPY = "what is there is a copy: nothing that is painted goes to the file of its data any more"
OTHER = "its file has other data now: what is there is what was saved, and goes there no more"


class LayerRestoring:
    """Puts layers of a session back, by their records, and tells of each what is not there."""

    def __init__(self, viewer: Any, blocks: Blocks, found: Found, restored: Restored) -> None:
        self._viewer = viewer
        self._blocks = blocks
        self._found = found
        self._restored = restored
        self._given: dict[int, Any] = {}
        """Layers, by their id, that have the session's data, whatever becomes of that."""

    def layer(self, record: Mapping[str, Any], *, again: bool, there: Any = None) -> Any:
        """The recorded layer, in the viewer; one that is tried `again` is back whole alone.

        `there` is the layer as which it is back already, which has become another since. Raises
        where it is not back; once it is there, nothing does.
        """
        failures = self._blocks.failures
        state, stays = decode_state(record["state"], self._blocks)
        besides, others = decode_each(record["besides"], self._blocks)
        is_whole = self._blocks.failures == failures
        if again and not is_whole:
            raise NotRestored(UNREAD)
        former = there or self._found.match(record) or self._of_file(record)
        data, why = self._data(former, record)
        if data is not None and there is not None and _has(there, data, state):
            data, why = None, None
        if data is not None:
            layer, unset = self._of_data(data, former, record, state)
            self._restored.unsaved.append(told(record["name"]))
            self._given[id(layer)] = layer
        else:
            layer, unset = former or self._open(record), []
        self._found.take(layer)
        is_made = data is not None and layer is not former
        unset += dress(layer, {} if is_made else state, besides, record)
        self._tell(record, [*stays, *others, *unset], "" if is_whole else KEPT, why)
        return layer

    def _tell(
        self, record: Mapping[str, Any], unset: Iterable[Any], end: str, why: str | None
    ) -> None:
        """Tell what of a layer that is there is not what it was, and of its data `why`."""
        if names := ", ".join(map(str, unset)):
            reason = "the layer is there without it"
            self._restored.miss(f"{record['name']}: {names}", reason, end)
        made = recorded_of(record)
        if record.get("lost") and (record["source"] or made is None or made.replaced is not False):
            why = str(record["lost"])
        if why is not None:
            self._restored.miss(record["name"], why)

    def _data(self, former: Any, record: Mapping[str, Any]) -> tuple[Any, str | None]:
        """What the session has of the data that `former` has not, if anything, and what to tell.

        What is painted into a layer whose data lies in a file of its own goes there, and to a copy
        it does not. What nobody has touched is what its script makes of it now.
        """
        is_the_script_s = former is not None and id(former) not in self._given
        if record["data"] is None or (is_the_script_s and record.get("untouched")):
            return None, None
        data, made = decode(record["data"], self._blocks), recorded_of(record)
        is_replaced = made is not None and made.replaced is True
        if former is None or is_replaced or not is_filed(former.data):
            return data, COPY if record.get("filed") else None
        return (None, None) if has_same(former.data, data) else (data, OTHER)

    def _of_file(self, record: Mapping[str, Any]) -> Any:
        """The recorded layer as its reader gives it, to be painted into; None without one."""
        if not record["source"] or not record.get("filed") or record["data"] is None:
            return None
        try:
            return self._found.open(record)
        except Exception as error:
            log.info("desktopd: %r is not in its file: %s", record["name"], error)
            return None

    def _open(self, record: Mapping[str, Any]) -> Any:
        if record["source"]:
            return self._found.open(record)
        reason = f"{record['lost']}{KEPT}" if record.get("lost") else UNMADE
        raise NotRestored(reason)

    def _of_data(
        self, data: Any, former: Any, record: Mapping[str, Any], state: Mapping[str, Any]
    ) -> tuple[Any, list[str]]:
        """A layer of data that the session has.

        It is `former`, which a script may hold, with nothing set, or, where that cannot be, another
        in its place, with its state, and the names of what stays unset of that.
        """
        source, made = record["source"], self._found.made(former, record)
        with _source(source):
            layer, unset = make(data, state, record["type"])
        if former is not None and self._put(former, data, layer, record):
            return former, []
        note_replaced(layer, made)
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

    def _put(self, former: Any, data: Any, layer: Any, record: Mapping[str, Any]) -> bool:
        """Have `former` be what `layer` is; tells whether it could be."""
        try:
            put(former, data, layer)
        except Exception as error:
            log.warning("desktopd: %r is another layer now: %s", record["name"], error)
            return False
        note_replaced(former, self._found.made(former, record))
        return True


def _has(layer: Any, data: Any, state: Mapping[str, Any]) -> bool:
    """Whether a layer has the data that the session has: a script may hold its arrays."""
    kinds = list(getattr(layer, "shape_type", ())), list(state.get("shape_type", ()))
    try:
        return kinds[0] == kinds[1] and has_same(layer.data, data)
    except Exception as error:
        log.info("desktopd: nobody can tell what %r has: %s", layer, error)
        return False


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
