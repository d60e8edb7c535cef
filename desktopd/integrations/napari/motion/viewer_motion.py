"""Motion of one napari: the mode that is wanted, and what is told of the picture on the screen.

Tested by tests/x11/test_motion.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from desktopd.integrations.napari.main_thread import MainThread
from desktopd.integrations.napari.motion.canvas import FRAME, MotionCanvas
from desktopd.integrations.napari.motion.quality import EXACT
from desktopd.integrations.napari.protocol import Failure, FailureKind

COALESCED = 0.25
MODES = ("smooth", "exact")

log = logging.getLogger(__name__)


class ViewerMotion:
    """Follows one viewer at a time; `tell` is called when `state` has changed.

    ``smooth``: what is too slow is drawn coarser while it moves. ``exact``: as napari draws.
    """

    def __init__(
        self,
        mode: str,
        main: MainThread,
        tell: Callable[[], None],
        tell_draft: Callable[[bool], None],
        frame: float = FRAME,
    ) -> None:
        """`tell_draft` is called at once where what is shown is a draft, or no longer one.

        `frame`: seconds that a picture in motion may take.
        """
        self._frame = frame
        self._mode = mode
        self._main = main
        self._tell = tell
        self._tell_draft = tell_draft
        self._telling = self._is_draft = False
        self._canvas: MotionCanvas | None = None

    @property
    def state(self) -> dict[str, Any]:
        """The mode, and of the picture on the screen: one pixel drawn for how many on a side.

        `exact`: it is the picture that napari draws. `exact_seconds`: what the last such picture
        took that could not be drawn at once.
        """
        canvas = self._canvas
        shown = EXACT if canvas is None else canvas.shown
        return {
            "mode": self._mode,
            "exact": shown == EXACT,
            "divisor": shown.divisor,
            "exact_seconds": None if canvas is None else canvas.exact_seconds,
        }

    def follow(self, viewer: Any) -> None:
        """Draw the canvas of `viewer` from now on, where this napari lets us."""
        try:
            canvas = viewer.window._qt_viewer.canvas
            self._canvas = MotionCanvas(canvas, self._changed, self._frame)
        except AttributeError:
            log.warning("desktopd: this napari draws its motion itself", exc_info=True)
            return
        if self._mode == "exact":
            self._canvas.smooth = False

    def lost(self) -> None:
        """Forget the viewer, which has gone."""
        self._canvas = None

    def set_mode(self, mode: str) -> None:
        """Draw so from now on; raises Failure."""
        if mode not in MODES:
            raise Failure(FailureKind.VALUE, f"mode={mode!r}: expected {' or '.join(MODES)}")
        self._mode = mode
        if self._canvas is not None:
            self._canvas.smooth = mode == "smooth"
        self._changed()

    def _changed(self) -> None:
        """Tell soon: in motion the quality may be another one with each frame."""
        if self._is_draft is self.state["exact"]:
            self._is_draft = not self._is_draft
            self._tell_draft(self._is_draft)
        if not self._telling:
            self._telling = True
            self._main.later(COALESCED, self._tell_now)

    def _tell_now(self) -> None:
        self._telling = False
        self._tell()
