"""Writes what was taken of a viewer, in a thread of its own that lets the others go first.

Tested by tests/unit/integrations/napari/session/test_writer.py.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from desktopd.integrations.napari.protocol import told
from desktopd.integrations.napari.session.capture import Captured, without_data
from desktopd.integrations.napari.session.document import LARGEST, MOST_LAYERS
from desktopd.integrations.napari.session.each import settled
from desktopd.integrations.napari.session.encode_layer import encode_layer
from desktopd.integrations.napari.session.folder import SessionFolder
from desktopd.integrations.napari.session.records import Encoded, encode_record, fitting
from desktopd.integrations.napari.session.restore import unrestored_of
from desktopd.integrations.napari.session.rests import Key
from desktopd.integrations.napari.session.unsaved import LACKS
from desktopd.integrations.napari.session.values import dumps
from desktopd.integrations.napari.session.viewer_key import waiting_of

NICE = 10
LONGEST_NAMED = 100
"""Characters of a layer's name that leave room for what is said of it."""
TRIES = 4
"""Saves in a row that have missed a layer for an exception, after which it is taken to last."""
MARGIN = 1 << 10
"""Bytes of a document besides what is put into it."""

log = logging.getLogger(__name__)


@dataclass
class Written:
    """How a save went: seconds for each layer, by None for the rest, and what is not in it.

    Layers that `missed` it, for what may pass, are to be given again; `error` is of the first. All
    that is in none of these is saved where it `is_there`.
    """

    lengths: dict[Key, float] = field(default_factory=dict)
    not_kept: list[dict[str, str]] = field(default_factory=list)
    error: str | None = None
    missed: set[Key] = field(default_factory=set)
    is_there: bool = False

    def miss(self, keys: Iterable[Key], why: str) -> None:
        """Note that layers missed this save."""
        self.missed.update(keys)
        self.error = self.error or told(why)


class Writer:
    """Puts documents together of layers, each of which stays as it was until it is given anew.

    One save at a time; between them the methods are to be called in one thread.
    """

    def __init__(
        self,
        folder: SessionFolder,
        unrestored: Sequence[Mapping[str, Any]] = (),
        records: Iterable[tuple[int, Mapping[str, Any]]] = (),
        beside: Mapping[str, Any] | None = None,
        view: Mapping[str, Any] | None = None,
    ) -> None:
        """`unrestored` are records of layers that could not be put back, which stay as they are.

        `records` are those of layers that are back, by their keys: what was saved of them. `beside`
        is what else the document tells, and `view` what stands for parts of one that are Untold.
        """
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, "desktopd autosave", initializer=_give_way)
        self._unrestored = [*_encoded(unrestored)]
        self._records = {key: one for key, record in records for one in _encoded([record])}
        self._beside = dict(beside or {})
        self._view, _ = settled(view or {}, None)
        self._late: Mapping[str, Any] | None = None

    def has(self, key: int) -> bool:
        """Whether a layer was saved."""
        return key in self._records

    def has_failed(self, key: int) -> bool:
        """Whether some of a layer was not had for an exception, which may have passed."""
        one = self._records.get(key)
        return one is not None and (one.failed or one.stale > 0)

    def forget(self, keys: Collection[Key]) -> None:
        """Drop layers that are gone."""
        self._records = {key: one for key, one in self._records.items() if key not in keys}

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
            self._keep_late()
            self._check_blocks(taken)
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
            written.not_kept, over = self._commit([records[key] for key in order], view)
            written.not_kept += [{"name": "view", "reason": told(why)} for why in stale]
            self._view = view
            written.is_there = True
            # Their blocks are gone.
            self._records = {key: one for key, one in records.items() if id(one) not in over}
            self._unrestored = [one for one in self._unrestored if id(one) not in over]
        except BaseException as error:
            # Whatever is computed in here may raise anything, and somebody waits for an answer.
            written.miss(taken, str(error) or repr(error))
            log.warning("desktopd: the session is not saved: %s", written.error)
            # The reason may hold for this too, and whoever waits has to hear of it.
            with suppress(Exception):
                self._folder.drop_unsaved()
        written.lengths[None] = time.monotonic() - started - sum(written.lengths.values())
        return written

    def _keep_late(self) -> None:
        """Keep what nobody could read when the viewer came, with what is not put back of it."""
        if self._late is None and (late := self._folder.late) is not None:
            self._late = late
            self._unrestored += _encoded([*late["layers"], *unrestored_of(late)])
            self._beside["waiting"] = [*self._beside.get("waiting", ()), *waiting_of(late)]

    def _check_blocks(self, taken: Collection[int]) -> None:
        """Raise FileNotFoundError where somebody has deleted what layers are not `taken` for.

        They are to be given anew.
        """
        there = self._folder.blocks.names()
        gone = {key for key, one in self._records.items() if not one.blocks <= there}
        self.forget(gone)
        if not gone <= set(taken):
            raise FileNotFoundError(errno.ENOENT, "its files are gone", str(self._folder.folder))

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
            return self._without_data(layer, why), why
        if encoded.failed and former is not None and not former.failed:
            stale = former.stale + 1
            kept = replace(former, lost=encoded.lost, stale=stale)
            return kept, encoded.lost if stale <= TRIES else None
        return encoded, None

    def _without_data(self, layer: Captured, why: str) -> Encoded:
        bare = replace(without_data(layer, why), state={}, besides={}, overlays={})
        return encode_layer(bare, self._folder.blocks)

    def _commit(
        self, layers: Sequence[Encoded], view: Mapping[str, Any]
    ) -> tuple[list[dict[str, str]], set[int]]:
        """Replace the document; gives what of the layers is not in it, and the ids of those."""
        head = {"argv": sys.argv, "view": view, **self._beside}
        room = LARGEST - len(dumps(head)) - MARGIN
        kept, over = fitting([*layers, *self._unrestored], room, MOST_LAYERS)
        away = {id(one) for one in self._unrestored}
        unrestored = [one for one in kept if id(one) in away]
        kept = kept[: len(kept) - len(unrestored)]
        if isinstance(begun := view.get("begun"), list):
            # Of what nothing is kept nobody may think that its user has removed it.
            unkept = [one.origin for one in over]
            head["view"] = {**view, "begun": [one for one in begun if one not in unkept]}
        self._folder.commit(head, {"layers": kept, "unrestored": unrestored})
        lost = [(layer.name, layer.lost) for layer in kept if layer.lost]
        lost += [(layer.name, "there is no room beside the others") for layer in over]
        not_kept = [{"name": told(name), "reason": told(why)} for name, why in lost]
        return not_kept, {id(one) for one in over}


def _give_way() -> None:
    """Let the threads that draw go first (setpriority(2): on Linux a thread has its own nice)."""
    thread = threading.get_native_id()
    # Who is nicer already may not become less so.
    with suppress(OSError):
        nice = max(NICE, os.getpriority(os.PRIO_PROCESS, thread))
        os.setpriority(os.PRIO_PROCESS, thread, nice)


def _encoded(records: Sequence[Mapping[str, Any]]) -> Iterator[Encoded]:
    for record in records:
        try:
            lost = record.get("lost")
            yield encode_record(record, str(lost) if lost else None, largest=LARGEST)
        except Exception:
            log.warning("desktopd: what was saved of a layer is not kept", exc_info=True)
