"""Decodes what is set of a layer, item by item: one that cannot be read is no matter of the others.

Tested by tests/unit/integrations/napari/session/test_restore.py.
"""

from __future__ import annotations

import contextlib
import logging
from typing import Any

from desktopd.integrations.napari.session.blocks import Blocks
from desktopd.integrations.napari.session.values import decode, mark_of

log = logging.getLogger(__name__)


def decode_state(values: Any, blocks: Blocks) -> tuple[dict[str, Any], list[str]]:
    """A layer's state without what cannot be read, and the names of that; raises ValueError."""
    found, lost = decode_each(values, blocks)
    if "metadata" in lost:
        # What plugins keep there may be anything, and one has no say in that of another.
        with contextlib.suppress(TypeError, ValueError):
            found["metadata"], parts = decode_each(values["metadata"], blocks)
            lost.remove("metadata")
            lost += [f"metadata[{part!r}]" for part in parts]
    return found, lost


def decode_each(values: Any, blocks: Blocks) -> tuple[dict[Any, Any], list[Any]]:
    """An encoded mapping without what cannot be decoded, and the keys of that, as they are there.

    Raises ValueError where it is none, and TypeError where its items are none.
    """
    mark = mark_of(values) if isinstance(values, dict) else type(values).__name__
    if mark not in (None, "$pairs"):
        raise ValueError(f"{mark} is no mapping")
    found, lost = {}, []
    for key, value in values["$pairs"] if mark else values.items():
        try:
            found[decode(key, blocks)] = decode(value, blocks)
        except Exception as error:
            log.warning("desktopd: %s is not restored: %s: %s", key, type(error), error)
            lost.append(key)
    return found, lost
