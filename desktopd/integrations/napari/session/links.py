"""Layers that are linked: what is set of one is set of the other.

Tested by tests/unit/integrations/napari/session/test_viewed.py.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

MOST = 6_000
"""Links beyond which none is kept, as 13 layers have that are all linked in all: 8 ms a pair."""

log = logging.getLogger(__name__)

Links = list[list[Any]]
Link = tuple[Any, Any, tuple[str, ...]]
"""Two layers, and the attributes that they share."""


def describe_links(layers: Any) -> Links | None:
    """Lists of attributes, each with the pairs of names of the layers that share these.

    None where there are too many; raises where nobody can tell.
    """
    links = _links_of(layers)
    if links is None:
        return None
    pairs = defaultdict(list)
    for one, other, attributes in links:
        pairs[attributes].append([one.name, other.name])
    return [[list(attributes), named] for attributes, named in pairs.items()]


def restore_links(links: Links, named: Mapping[str, Any]) -> None:
    """Link layers, which are `named`; what this napari does not link stays apart."""
    for attributes, pairs in links:
        for one, other in pairs:
            if one in named and other in named:
                _link((named[one], named[other], tuple(attributes)))


@contextmanager
def unlinked(layers: Any) -> Iterator[list[Link]]:
    """Have each of `layers` change by itself for a while.

    Those that are in the given list at the end, and among `layers`, are linked again.
    """
    try:
        links = _links_of(layers) or []
    except Exception as error:
        log.warning("desktopd: nobody can tell which layers are linked: %s", error)
        links = []
    try:
        if links:
            _unlink(list(layers))
        yield links
    finally:
        for link in links:
            if link[0] in layers and link[1] in layers:
                _link(link)


def _links_of(layers: Any) -> list[Link] | None:
    """The links among `layers`; None where there are too many.

    Raises anything: another napari may keep them otherwise, and nothing else tells which
    attributes are linked.
    """
    from napari.layers.utils import _link_layers

    links = list(_link_layers._UNLINKERS)
    if len(links) > MOST:
        return None
    order = {id(layer): index for index, layer in enumerate(layers)}
    shared = defaultdict(set)
    for one, other, attribute in links:
        first, second = order.get(id(one())), order.get(id(other()))
        # Each link is there in both directions.
        if first is not None and second is not None and first < second:
            shared[first, second].add(str(attribute))
    return [(layers[i], layers[j], tuple(sorted(named))) for (i, j), named in shared.items()]


def _unlink(layers: list[Any]) -> None:
    try:
        from napari.layers.utils._link_layers import unlink_layers

        unlink_layers(layers)
    except Exception as error:
        log.info("desktopd: layers stay linked: %s", error)


def _link(link: Link) -> None:
    one, other, attributes = link
    try:
        from napari.layers.utils._link_layers import link_layers

        link_layers([one, other], attributes)
    except Exception as error:
        log.info("desktopd: %r and %r are not linked: %s", one.name, other.name, error)
