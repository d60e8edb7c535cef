"""Layers that a script adds once its window is there, as what a worker in a thread gives.

Tested by tests/unit/integrations/napari/session/test_latecomers.py.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from desktopd.integrations.napari import layers
from desktopd.integrations.napari.main_thread import MainThread
from desktopd.integrations.napari.session.attempt import attempt
from desktopd.integrations.napari.session.capture import capture
from desktopd.integrations.napari.session.colouring import restore_colouring
from desktopd.integrations.napari.session.made import made_of, note_late
from desktopd.integrations.napari.session.making import apply, put, set_state
from desktopd.integrations.napari.session.overlays import restore_overlays
from desktopd.integrations.napari.session.own_file import has_same, is_filed
from desktopd.integrations.napari.session.reading import source_of

OURS = str(Path(__file__).parents[3])
NUMBERED = re.compile(r" \[\d+\]$")
"""What napari adds to a name that another layer has."""

log = logging.getLogger(__name__)


def script_files() -> frozenset[str]:
    """The files of the script that this process runs; none where it runs none."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    found = [main, *sys.argv]
    return frozenset(
        name for one in found if one and one.endswith(".py") for name in (one, layers.absolute(one))
    )


class Latecomers:
    """Has each of them be the script's, and take what a session has put there in its stead.

    To be made in the main thread, below nothing but the loop and what waits for its end.
    """

    def __init__(
        self, main: MainThread, viewer: Any, stand_ins: Sequence[Any], files: frozenset[str]
    ) -> None:
        """`stand_ins` are layers that a session has made for such that a script makes.

        `files` are those of the script.
        """
        self._main = main
        self._viewer = viewer
        self._stand_ins = list(stand_ins)
        self._files = files
        # Frames hold what their functions do, as layers that are gone.
        self._below = {id(frame) for frame in _frames() if not _is_ours(frame)}
        viewer.layers.events.inserted.connect(self._on_inserted)

    def _on_inserted(self, event: Any) -> None:
        layer = event.value
        if self._is_script():
            # Whoever adds it may not have done all that he does.
            name = layer.name
            self._main.post(lambda: self._come(layer, name))

    def _is_script(self) -> bool:
        """Whether the script runs now, and not its user or another program."""
        if not self._files:
            return False
        if not self._main.loops:
            return True
        for frame in _frames():
            if id(frame) in self._below:
                return False
            if frame.f_code.co_filename in self._files:
                return True
        return False

    def _come(self, layer: Any, name: str) -> None:
        if layer not in self._viewer.layers or source_of(layer) is not None:
            return
        self._stand_ins = [one for one in self._stand_ins if one in self._viewer.layers]
        kind = layers.kind(layer)
        alike = (one for one in self._stand_ins if layers.kind(one) == kind)
        stand_in = next((one for one in alike if _base(_given(one)) == _base(name)), None)
        if stand_in is None or not self._take_over(layer, stand_in):
            note_late(layer, name, replaced=False)

    def _take_over(self, layer: Any, stand_in: Any) -> bool:
        """Have `layer` be what `stand_in` is, in its place; tells whether it could be."""
        self._stand_ins.remove(stand_in)
        former = layer.data
        try:
            taken = capture(stand_in, replaced=False)
            if not (is_filed(former) and has_same(former, stand_in.data)):
                put(layer, stand_in.data, stand_in, in_place=True)
        except Exception as error:
            log.warning("desktopd: %r stays beside what the script has: %s", stand_in.name, error)
            return False
        state = {key: value for key, value in taken.state.items() if key != "name"}
        attempt("state", lambda: set_state(layer, state))
        attempt("colours", lambda: restore_colouring(layer, taken.colouring))
        attempt("settings", lambda: apply(layer, taken.besides))
        attempt("overlays", lambda: restore_overlays(layer, taken.overlays))
        note_late(layer, _given(stand_in), replaced=layer.data is not former)
        self._replace(stand_in, layer)
        return True

    def _replace(self, stand_in: Any, layer: Any) -> None:
        listed, name = self._viewer.layers, stand_in.name
        is_active = listed.selection.active is stand_in
        at = listed.index(stand_in)
        listed.remove(stand_in)
        listed.move(listed.index(layer), at)
        layer.name = name
        if is_active:
            listed.selection.active = layer


def _given(layer: Any) -> str:
    """The name that a script has given a layer, as far as that is known."""
    made = made_of(layer)
    return str(layer.name) if made is None else made.name


def _base(name: str) -> str:
    return NUMBERED.sub("", name)


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(OURS)


def _frames() -> Iterator[FrameType]:
    """Of this thread, the innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back
