"""Writes what was taken of a viewer, in a thread of its own that lets the others go first.

Tested by tests/unit/integrations/napari/session/test_writer.py.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from desktopd.integrations.napari.protocol import told
from desktopd.integrations.napari.session.background import give_way
from desktopd.integrations.napari.session.capture import Captured, nothing_of
from desktopd.integrations.napari.session.document import LARGEST, MOST_LAYERS
from desktopd.integrations.napari.session.each import settled
from desktopd.integrations.napari.session.encode_layer import encode_layer
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.records import (
    Encoded,
    encode_restored,
    fitting,
    has_failed,
)
from desktopd.integrations.napari.session.rests import Key
from desktopd.integrations.napari.session.unsaved import LACKS
from desktopd.integrations.napari.session.values import dumps
from desktopd.integrations.napari.session.viewer_key import FIRST, ViewerKey
from desktopd.integrations.napari.session.written import Written

LONGEST_NAMED = 100
"""Characters of a layer's name that leave room for what is said of it."""
TRIES = 4
"""Saves in a row that have missed a layer for an exception, after which it is taken to last."""
MARGIN = 1 << 10
"""Bytes of a document besides what is put into it."""

log = logging.getLogger(__name__)


class Writer:
    """Puts documents together of layers, each of which stays as it was until it is given anew.

    One save at a time; between them the methods are to be called in one thread.
    """

    def __init__(
        self,
        folder: SessionFolder,
        key: ViewerKey = FIRST,
        records: Iterable[tuple[Key, Mapping[str, Any]]] = (),
        view: Mapping[str, Any] | None = None,
    ) -> None:
        """`key` is that of the viewer, and `view` what stands for parts of one that are Untold.

        `records` are those of layers that are back, by their keys: what was saved of them.
        """
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, "desktopd autosave", initializer=give_way)
        self._key = key
        self._restored: dict[Key, Mapping[str, Any]] = dict(records)
        self._records: dict[Key, Encoded] = {}
        self._view = view or {}

    def has(self, key: int) -> bool:
        """Whether a layer was saved."""
        return key in self._records or key in self._restored

    def has_failed(self, key: int) -> bool:
        """Whether some of a layer was not had for an exception, which may have passed."""
        if (one := self._records.get(key)) is not None:
            return one.failed or one.stale > 0
        return key in self._restored and has_failed(self._restored[key])

    def forget(self, keys: Collection[Key]) -> None:
        """Drop layers that are gone."""
        for key in keys:
            self._records.pop(key, None)
            self._restored.pop(key, None)

    def submit(
        self,
        order: Sequence[int],
        taken: Mapping[int, Captured],
        view: Mapping[str, Any],
        done: Callable[[Written], None],
    ) -> None:
        """Save the layers of `order`, those of `taken` anew; `done` is called in the thread."""
        self._thread.submit(lambda: done(self._write(order, taken, view)))

    def stop(self) -> None:
        """Give up what is being written; nothing is from then on."""
        self._folder.blocks.give_up(
            until=lambda: self._thread.shutdown(wait=True, cancel_futures=True)
        )

    def _write(
        self, order: Sequence[int], taken: Mapping[int, Captured], view: Mapping[str, Any]
    ) -> Written:
        started, written = time.monotonic(), Written()
        try:
            self._folder.make()
            self._encode_restored()
            self._check_there(order, taken)
            records = dict(self._records)
            for key, layer in taken.items():
                begun = time.monotonic()
                records[key], why = self._encode(layer, records.get(key))
                if why is not None:
                    written.miss([key], f"{layer.name[:LONGEST_NAMED]}: {why}")
                    # What is written of it has no room for others.
                    self._folder.drop_unsaved(besides=records.values())
                written.lengths[key] = time.monotonic() - begun
            view, stale = settled(view, self._view)
            written.not_kept = self._commit([records[key] for key in order], view)
            written.not_kept += [{"name": "view", "reason": told(why)} for why in stale]
            self._view = view
            written.is_there = True
            self._records = records
        except BaseException as error:
            # Whatever is computed in here may raise anything, and somebody waits for an answer.
            written.miss(taken, str(error) or repr(error))
            log.warning("desktopd: the session is not saved: %s", written.error)
            # The reason may hold for this too, and whoever waits has to hear of it.
            with suppress(Exception):
                self._folder.drop_unsaved()
        written.lengths[None] = time.monotonic() - started - sum(written.lengths.values())
        return written

    def _encode_restored(self) -> None:
        """Have as text, once, what was saved of layers that are back: that may take seconds."""
        encoded = {key: encode_restored(record) for key, record in self._restored.items()}
        self._records |= {key: one for key, one in encoded.items() if one is not None}
        # Where memory lacks, all are there at the next save.
        self._restored = {}

    def _check_there(self, order: Collection[int], taken: Collection[int]) -> None:
        """Raise LookupError where layers are not `taken` of which nothing is left.

        Somebody may have deleted it. They are to be given anew.
        """
        there = self._folder.blocks.names()
        gone = {key for key, one in self._records.items() if not one.blocks <= there}
        self.forget(gone)
        if not {*order} <= {*self._records, *taken}:
            raise LookupError(f"its files are gone: {self._folder.folder}")

    def _encode(self, layer: Captured, former: Encoded | None) -> tuple[Encoded, str | None]:
        """A layer anew, or as it was, and why it is: what may pass has nothing replaced by less.

        Why is None of a layer that has raised so often that it is not expected to do better.
        """
        try:
            encoded = encode_layer(layer, self._folder.blocks, former)
        except InterruptedError:
            raise
        except LACKS as lack:
            # It has no room; others may.
            why = str(lack) or repr(lack)
            if former is not None:
                return replace(former, lost=why), why
            return encode_layer(nothing_of(layer, why), self._folder.blocks), why
        if encoded.failed and former is not None and not former.failed:
            stale = former.stale + 1
            kept = replace(former, lost=encoded.lost, stale=stale)
            return kept, encoded.lost if stale <= TRIES else None
        return encoded, None

    def _commit(self, layers: Sequence[Encoded], view: Mapping[str, Any]) -> list[dict[str, str]]:
        """Replace the document; gives what is not in it, which has its blocks all the same."""
        head = {"argv": sys.argv, "viewer": asdict(self._key), "view": view}
        room = LARGEST - len(dumps(head)) - MARGIN
        lists = {"layers": layers, **self._folder.earlier.encoded()}
        kept, over = fitting(lists, room, MOST_LAYERS)
        if isinstance(begun := view.get("begun"), list):
            # Of what nothing is kept nobody may think that its user has removed it.
            unkept = [one.origin for one in over]
            head["view"] = {**view, "begun": [one for one in begun if one not in unkept]}
        self._folder.commit(head, kept, besides=over)
        lost = [(layer.name, layer.lost) for layer in kept["layers"] if layer.lost]
        lost += [(one.name, "there is no room beside the others") for one in over]
        return [{"name": told(name), "reason": told(why)} for name, why in lost]
