"""Layers that are linked: what is set of one is set of the other.

Tested by tests/unit/integrations/napari/session/test_viewed.py.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

MOST = 6_000
"""Links beyond which none is kept, as 13 layers have that are all linked in all: 8 ms a pair."""

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


class Linked:
    """The layers that a script has linked, which change by themselves from now on."""

    def __init__(self, layers: Any) -> None:
        from napari.layers.utils._link_layers import unlink_layers

        self._links = describe_links(layers)
        self._layers = {layer.name: layer for layer in layers}
        if not self._links:
            return
        try:
            unlink_layers(list(layers))
        except Exception as error:
            log.info("desktopd: layers stay linked: %s", error)

    def restore(self, layers: Any) -> None:
        """Link those again that are still among `layers`."""
        there = {name: layer for name, layer in self._layers.items() if layer in layers}
        restore_links(self._links or [], there)


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
