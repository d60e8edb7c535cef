"""Whether a layer's data is still what a file or a script gave.

Tested by tests/unit/integrations/napari/session/test_data_as_read.py.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from desktopd.integrations.napari.session.own_file import is_in_own_file
from desktopd.integrations.napari.session.parts import name_of, parts_of


class DataAsRead:
    """The data of a layer at the moment of its making, which is not kept alive by this."""

    def __init__(self, layer: Any) -> None:
        self._parts = [_seen(part) for part in parts_of(layer.data)]
        self._keeps_paint = any(map(_keeps_paint_to_itself, parts_of(layer.data)))
        self._painted = False
        if hasattr(layer.events, "paint"):
            layer.events.paint.connect(self._on_paint)

    def is_replaced(self, data: Any) -> bool:
        """Whether `data`, the layer's of now, is another, or what is computed and was painted into.

        What is written into an array in memory is not seen.
        """
        now = parts_of(data)
        if len(now) != len(self._parts):
            return True
        for part, (read, name) in zip(now, self._parts, strict=True):
            # A stroke gives what is computed another name.
            if part is not read() or name_of(part) != name:
                return True
        return self._painted and self._keeps_paint

    def _on_paint(self, event: Any) -> None:
        self._painted = True


def _seen(part: Any) -> tuple[Callable[[], Any], str | None]:
    try:
        return weakref.ref(part), name_of(part)
    except TypeError:
        return (lambda: part), name_of(part)


def _keeps_paint_to_itself(part: Any) -> bool:
    return not (isinstance(part, np.ndarray) or is_in_own_file(part))
