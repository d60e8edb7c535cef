"""What an update holds besides a picture of a video: on a thin link not all that moves there too.

A thumbnail or a status bar that follows each frame would else take more of the link than the video.
"""

from __future__ import annotations

from itertools import accumulate

from desktopd.rfb.encoders.encoder import EncodedRectangle
from desktopd.rfb.server.client_state import ClientState
from desktopd.rfb.server.tiles import Mask

# The part of a picture's bytes that is left to what moves beside it.
_PART = 0.25
# Updates in a row that may hold something back: it comes with every fourth.
_MOST_HELD = 3


def fitting(
    changes: tuple[EncodedRectangle, ...], state: ClientState, moving: Mask, budget: float
) -> tuple[EncodedRectangle, ...]:
    """Those of `changes` that go out now, in their order; where not all fit, the smallest do.

    Only what is wholly `moving` is held back, and inexact for the viewer until it comes or rests.
    `budget` is what a picture of the video may have, in bytes.
    """
    tiles = state.framebuffer.tiles
    restless = [change for change in changes if moving[tiles(change.area)].all()]
    restless.sort(key=lambda change: len(change.data))
    sizes = accumulate(len(change.data) for change in restless)
    held = restless[sum(size <= budget * _PART for size in sizes) :]
    if not held or state.held == _MOST_HELD:
        state.held = 0
        return changes
    state.held += 1
    for change in held:
        state.lossy[tiles(change.area)] = True
    return tuple(change for change in changes if change not in held)
