"""Records of layers as text, each by itself, of which a document is put together.

Tested by tests/unit/integrations/napari/session/test_encode_layer.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from desktopd.integrations.napari.session.made import recorded_origin
from desktopd.integrations.napari.session.values import blocks_of, dumps

LARGEST_RECORD = 4 << 20
"""Bytes of the JSON of one layer; what is large in it lies in blocks."""


@dataclass(frozen=True)
class Encoded:
    """The JSON of a layer, the names of its blocks, and what of the layer is not in there.

    `failed`: an exception, which may pass, is why its data is not. `stale`: for so many saves in a
    row it is why some of it is as it was saved before. `data` is the JSON of its data
    where that is `computed`: what dask calls it. `origin` is from where a command has the layer.
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


def encode_record(
    record: Mapping[str, Any], lost: str | None = None, *, largest: int = LARGEST_RECORD
) -> Encoded:
    """A layer's record, which is JSON already; raises where it is none, or too large."""
    text = dumps(record)
    if len(text) > largest:
        raise ValueError(f"{len(text) >> 20} MiB of names and settings are too many")
    # Documents of long standing do not say it.
    failed = record.get("failed", record.get("data") is None and record.get("lost"))
    return Encoded(
        str(record["name"]),
        text,
        frozenset(blocks_of(record)),
        lost,
        bool(failed),
        origin=recorded_origin(record),
    )


def fitting(layers: Iterable[Encoded], room: int, most: int) -> tuple[list[Encoded], list[Encoded]]:
    """The layers that fit into `room` bytes, `most` of them, in their order; and the others."""
    layers = list(layers)
    kept: set[int] = set()
    for index in sorted(range(len(layers)), key=lambda index: len(layers[index].text)):
        room -= len(layers[index].text) + 2
        if room >= 0 and len(kept) < most:
            kept.add(index)
    return (
        [layer for index, layer in enumerate(layers) if index in kept],
        [layer for index, layer in enumerate(layers) if index not in kept],
    )
