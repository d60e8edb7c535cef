from __future__ import annotations

import numpy as np

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import EncodedRectangle
from desktopd.rfb.server.client_state import NOTHING, ClientState
from desktopd.rfb.server.framebuffer import Framebuffer
from tests.unit.rfb.server.screens import captured

SIZE = Size(64, 64)


def lossy(area: Rectangle, lossy: bool = True) -> EncodedRectangle:
    return EncodedRectangle(area, b"", lossy)


def test_a_viewer_is_outdated_until_it_has_the_last_capture() -> None:
    framebuffer = Framebuffer(SIZE)
    state = ClientState(framebuffer)
    assert state.since == NOTHING
    assert state.outdated
    state.since = framebuffer.sequence
    assert state.exact
    framebuffer.absorb(Rectangle.of(SIZE), captured(np.ones((64, 64), np.uint32)), 1.0)
    assert state.outdated
    assert not state.exact


def test_each_tile_that_a_lossy_rectangle_touches_is_lossy() -> None:
    state = ClientState(Framebuffer(SIZE), since=0)
    state.account([lossy(Rectangle(15, 0, 2, 16))])
    assert np.argwhere(state.lossy).tolist() == [[0, 0], [0, 1]]
    assert not state.exact


def test_only_tiles_that_a_lossless_rectangle_covers_become_exact() -> None:
    state = ClientState(Framebuffer(SIZE), since=0)
    state.account([lossy(Rectangle(0, 0, 64, 64)), lossy(Rectangle(8, 0, 56, 64), False)])
    assert np.argwhere(~state.lossy).tolist() == [[y, x] for y in range(4) for x in (1, 2, 3)]
    state.account([lossy(Rectangle(0, 0, 16, 64), False)])
    assert state.exact
