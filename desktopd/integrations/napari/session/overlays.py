"""What napari draws over a viewer or a layer: scale bar, axes, text, bounding box, colour bar.

Tested by tests/browser/test_companion_session.py.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from desktopd.integrations.napari.session.attempt import attempt, set_each
from desktopd.integrations.napari.session.each import each_told

TOOLS = frozenset({"transform_box", "selection_box"})
"""What is there while a tool is used."""

log = logging.getLogger(__name__)


def overlays_of(owner: Any) -> dict[str, Any]:
    """The overlays of a viewer or a layer by name, without those of its tools."""
    found = {}
    for holder, overlays in _holders(owner):
        for name, overlay in overlays.items():
            if name not in TOOLS and not name.startswith("_"):
                found[f"{holder}.{name}"] = overlay
    return found


def _holders(owner: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for holder in ("scene", "canvas"):
        overlays = getattr(getattr(owner, holder, None), "overlays", None)
        if overlays is not None:
            yield holder, overlays
    yield "own", getattr(owner, "_overlays", {})


def describe_overlays(owner: Any) -> dict[str, dict[str, Any]]:
    """All that is chosen of each, as JSON, or Untold."""
    return each_told({name: partial(_dump, one) for name, one in overlays_of(owner).items()})


def restore_overlays(owner: Any, values: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Put back what `describe_overlays` gave; gives the names of what stays as it is."""
    for name, overlay in overlays_of(owner).items():
        yield from attempt(name, partial(_restore, name, overlay, values.get(name, {})))


def _dump(overlay: Any) -> dict[str, Any]:
    dumped: dict[str, Any] = overlay.model_dump(mode="json")
    return dumped


def _restore(name: str, overlay: Any, values: Mapping[str, Any]) -> list[str]:
    now = _dump(overlay)
    others = {key: value for key, value in values.items() if key in now and now[key] != value}
    return set_each(name, overlay, others)
