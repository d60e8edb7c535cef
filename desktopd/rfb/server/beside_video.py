"""What an update holds besides a picture of a video: on a thin link not all that moves there too.

A thumbnail or a status bar that follows each frame would else take more of the link than the video.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from desktopd.rfb.encoders.encoder import EncodedRectangle
from desktopd.rfb.server.client_state import ClientState
from desktopd.rfb.server.tiles import Mask

# The part of a picture's bytes that is left to what moves beside it.
_PART = 0.25
# Updates in a row that may hold something back: it comes with every fourth.
_MOST_HELD = 3


def fitting(
    changes: Iterable[EncodedRectangle], state: ClientState, moving: Mask, budget: float
) -> tuple[EncodedRectangle, ...]:
    """Those of `changes` that go out now, the smallest first where not all fit.

    Only what is wholly `moving` is held back, and inexact for the viewer until it comes or rests.
    `budget` is what a picture of the video may have, in bytes.
    """
    steady: list[EncodedRectangle] = []
    restless: list[EncodedRectangle] = []
    for change in changes:
        tiles = state.framebuffer.tiles(change.area)
        (restless if moving[tiles].all() else steady).append(change)
    restless.sort(key=lambda change: len(change.data))
    sizes = accumulate(len(change.data) for change in restless)
    count = sum(size <= budget * _PART for size in sizes)
    if state.held == _MOST_HELD or count == len(restless):
        state.held = 0
        return (*steady, *restless)
    state.held += 1
    for change in restless[count:]:
        state.lossy[state.framebuffer.tiles(change.area)] = True
    return (*steady, *restless[:count])
