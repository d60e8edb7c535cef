"""The size of the desktop, changed by viewers and by others, under the native server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from desktopd.geometry import Size
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.viewers.connection import Cause
from desktopd.rfb.viewers.viewer import Role
from tests.rfb_viewer import LOSSLESS, PHOTOS, VIDEO
from tests.x11.native import Painter, Shown, shared_memory, showing

SIZES = [
    (641, 483),
    (648, 484),
    (800, 600),
    (65, 64),
    (1279, 799),
    (64, 701),
    (1023, 77),
    (640, 480),
]
SERVER, THIS, OTHER = 0, 1, 2
DONE, PROHIBITED = 0, 1


@pytest.fixture(params=["xvfb", "xdummy"])
async def shown(start, request) -> AsyncIterator[Shown]:
    async with showing(start(request.param, Size(1280, 800)), Size(640, 480)) as found:
        yield found


async def test_a_viewer_resizes_the_desktop(shown, eventually):
    asking, other = await shown.view(), await shown.view(PHOTOS)
    old = await shown.view((Encoding.TIGHT, Encoding.DESKTOP_SIZE))
    viewers = (asking, other, old)
    for seen in viewers:
        await eventually(lambda seen=seen: shown.is_exact(seen))
    assert asking.client.resizes == [(SERVER, DONE, 640, 480)]
    for width, height in SIZES:
        asking.client.resize(width, height)
        await eventually(lambda size=(width, height): asking.client.size, (width, height))
        for seen in viewers:
            await eventually(lambda seen=seen: shown.is_exact(seen))
    wanted = [(THIS, DONE, *size) for size in SIZES]
    assert asking.client.resizes[1:] == wanted
    assert other.client.resizes[1:] == [(OTHER, *told[1:]) for told in wanted]


async def test_the_size_that_the_desktop_has_is_answered_too(shown, eventually):
    seen = await shown.view()
    await eventually(lambda: shown.is_exact(seen))
    seen.client.resize(640, 480)
    await eventually(lambda: seen.client.resizes[1:], [(THIS, DONE, 640, 480)])


async def test_what_is_too_large_or_too_small_becomes_what_is_possible(shown, eventually):
    seen = await shown.view()
    await eventually(lambda: shown.is_exact(seen))
    seen.client.resize(1, 1)
    await eventually(lambda: seen.client.resizes[1:], [(THIS, DONE, 64, 64)])
    await eventually(lambda: shown.is_exact(seen))


async def test_a_size_changed_by_somebody_else(shown, eventually):
    seen = await shown.view()
    await eventually(lambda: shown.is_exact(seen))
    await shown.desktop.resize(Size(701, 499))
    await eventually(lambda: seen.client.resizes[1:], [(SERVER, DONE, 701, 499)])
    await eventually(lambda: shown.is_exact(seen))


async def test_a_viewer_that_only_looks_may_not(shown, eventually):
    seen = await shown.view(role=Role.VIEW)
    await eventually(lambda: shown.is_exact(seen))
    seen.client.resize(800, 600)
    await eventually(lambda: seen.client.resizes[1:], [(THIS, PROHIBITED, 640, 480)])
    assert shown.desktop.screen.size == Size(640, 480)


async def test_a_viewer_that_cannot_follow_is_told_so_and_ended(shown, eventually):
    seen = await shown.view((Encoding.TIGHT,))
    await eventually(lambda: shown.is_exact(seen))
    await shown.desktop.resize(Size(800, 600))
    await eventually(seen.served.done)
    assert seen.served.result().cause is Cause.PROTOCOL_ERROR
    assert "800x600" in seen.served.result().detail


async def test_there_and_back_at_once_is_answered(shown, eventually):
    asking, other = await shown.view(LOSSLESS), await shown.view(LOSSLESS)
    for seen in (asking, other):
        await eventually(lambda seen=seen: shown.is_exact(seen))
    for _ in range(3):
        answers = len(asking.client.resizes)
        asking.client.resize(700, 500)
        await asyncio.sleep(0)
        other.client.resize(640, 480)
        await eventually(
            lambda answers=answers: [
                told[0] for told in asking.client.resizes[answers:] if told[0] == THIS
            ],
            [THIS],
        )
        for seen in (asking, other):
            await eventually(lambda seen=seen: shown.is_exact(seen))


async def test_many_resizes_from_all_sides_while_something_moves(
    shown, connect, eventually, monkeypatch
):
    monkeypatch.setattr("desktopd.x11.screen.size.INTERVAL", 0.01)
    random = np.random.default_rng(7)
    painter = await Painter.open(await connect(shown.server), Size(320, 240), 3, 5)
    viewers = [await shown.view(kind) for kind in (VIDEO, PHOTOS, LOSSLESS)]
    for seen in viewers:
        await eventually(lambda seen=seen: shown.is_exact(seen))
    before = shared_memory()
    async with painter.painting():
        for number in range(30):
            size = Size(int(random.integers(64, 1280)), int(random.integers(64, 800)))
            if number % 2:
                await shown.desktop.resize(size)
            else:
                viewers[number % 3].client.resize(size.width, size.height)
                # Of two that ask at the same time either may be the last.
                await eventually(lambda: shown.desktop.screen.size, size)
            if number % 5 == 0:
                for seen in viewers:
                    await eventually(
                        lambda seen=seen: seen.failure() or Size(*seen.client.size),
                        shown.desktop.screen.size if number % 2 else size,
                    )
    for seen in viewers:
        await eventually(lambda seen=seen: shown.is_exact(seen))
    assert shared_memory() == before
