"""Records of layers as text, each by itself, of which a document is put together.

Tested by tests/unit/integrations/napari/session/test_encode_layer.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktopd.integrations.napari.session.document import LARGEST
from desktopd.integrations.napari.session.made import recorded_origin
from desktopd.integrations.napari.session.unsaved import LACKS
from desktopd.integrations.napari.session.values import blocks_of, dumps

log = logging.getLogger(__name__)

LARGEST_RECORD = 4 << 20
"""Bytes of the JSON of one layer; what is large in it lies in blocks."""


@dataclass(frozen=True)
class Encoded:
    """The JSON of a layer, the names of its blocks, and what of the layer is not in there.

    `failed`: an exception, which may pass, is why its data is not. `stale`: for so many saves in a
    row it is why some of it is as it was saved before. `data` is the JSON of its data
    where that is `computed`: what dask calls it. `origin` is from where a command has the layer,
    `first` the JSON of the data that it has made, as it was at the first save.
    """

    name: str
    text: bytes
    blocks: frozenset[str]
    lost: str | None = None
    failed: bool = False
    stale: int = 0
    computed: tuple[str, ...] = ()
    data: Any = None
    origin: Any = None
    first: Any = None


def encode_record(
    record: Mapping[str, Any], lost: str | None = None, *, largest: int = LARGEST_RECORD
) -> Encoded:
    """A layer's record, which is JSON already; raises where it is none, or too large."""
    text = dumps(record)
    if len(text) > largest:
        raise ValueError(f"{len(text) >> 20} MiB of names and settings are too many")
    return Encoded(
        str(record["name"]),
        text,
        frozenset(blocks_of(record)),
        lost,
        has_failed(record),
        origin=recorded_origin(record),
    )


def has_failed(record: Mapping[str, Any]) -> bool:
    """Whether an exception is why the data of a recorded layer is not there."""
    # Documents of long standing do not say it.
    return bool(record.get("failed", record.get("data") is None and record.get("lost")))


def encode_restored(record: Mapping[str, Any]) -> Encoded | None:
    """A record of an earlier session as it is; None where it cannot be. Raises LACKS."""
    lost = record.get("lost")
    return _as_it_is(lambda: encode_record(record, str(lost) if lost else None, largest=LARGEST))


def encode_session(session: Mapping[str, Any]) -> Encoded | None:
    """A whole session, of a viewer that has not come yet, as `encode_restored` has a record."""
    return _as_it_is(lambda: Encoded("session", dumps(session), frozenset(blocks_of(session))))


def _as_it_is(encode: Callable[[], Encoded]) -> Encoded | None:
    try:
        return encode()
    except LACKS:
        raise
    except Exception:
        log.warning("desktopd: what was saved before is not kept", exc_info=True)
        return None


def fitting(
    lists: Mapping[str, Sequence[Encoded]], room: int, most: int
) -> tuple[dict[str, list[Encoded]], list[Encoded]]:
    """What of lists fits into `room` bytes, the smallest `most`, in their order; and the others."""
    every = [one for listed in lists.values() for one in listed]
    kept: set[int] = set()
    for one in sorted(every, key=lambda one: len(one.text)):
        room -= len(one.text) + 2
        if room >= 0 and len(kept) < most:
            kept.add(id(one))
    within = {key: [one for one in listed if id(one) in kept] for key, listed in lists.items()}
    return within, [one for one in every if id(one) not in kept]
