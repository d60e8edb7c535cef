"""Layers that are linked: what is set of one is set of the other.

Tested by tests/unit/integrations/napari/session/test_viewed.py.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

MOST = 6_000
"""Links beyond which none is kept, as 15 layers have that are all linked in all: 8 ms a pair."""

log = logging.getLogger(__name__)

Links = list[list[Any]]


def describe_links(layers: Any) -> Links | None:
    """Lists of attributes, each with the pairs of names of the layers that share these.

    None where there are too many.
    """
    from napari.layers.utils import _link_layers

    # Nothing else tells which attributes are linked.
    links = getattr(_link_layers, "_UNLINKERS", {})
    if len(links) > MOST:
        return None
    order = {id(layer): index for index, layer in enumerate(layers)}
    shared = defaultdict(set)
    for one, other, attribute in list(links):
        first, second = order.get(id(one())), order.get(id(other()))
        # Each link is there in both directions.
        if first is not None and second is not None and first < second:
            shared[first, second].add(attribute)
    pairs = defaultdict(list)
    for (first, second), attributes in shared.items():
        pairs[tuple(sorted(attributes))].append([layers[first].name, layers[second].name])
    return [[list(attributes), named] for attributes, named in pairs.items()]


def unlink(layers: Iterable[Any]) -> None:
    """Have no layer change with another, as those do that a script has linked."""
    from napari.layers.utils._link_layers import unlink_layers

    try:
        unlink_layers(list(layers))
    except Exception as error:
        log.info("desktopd: layers stay linked: %s", error)


def restore_links(links: Links, named: Mapping[str, Any]) -> None:
    """Link layers, which are `named`; what this napari does not link stays apart."""
    from napari.layers.utils._link_layers import link_layers

    for attributes, pairs in links:
        for one, other in pairs:
            if one not in named or other not in named:
                continue
            try:
                link_layers([named[one], named[other]], attributes)
            except Exception as error:
                log.info("desktopd: %r and %r are not linked: %s", one, other, error)
