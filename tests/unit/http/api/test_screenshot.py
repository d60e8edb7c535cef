"""The desktop as a picture."""

from __future__ import annotations

import asyncio

import pytest

from tests.unit.http.desktop import VIEW_BEARER, Desk, client, make_app


async def test_the_screenshot(desk: Desk) -> None:
    async with client(make_app(desk), headers=VIEW_BEARER) as viewer:
        answer = await viewer.get("/api/screenshot")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == await desk.screenshot()


async def test_one_picture_is_made_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    making, most, gate = 0, 0, asyncio.Event()

    async def screenshot() -> bytes:
        nonlocal making, most
        making += 1
        most = max(most, making)
        await gate.wait()
        making -= 1
        return b"a picture"

    monkeypatch.setattr(desk, "screenshot", screenshot)
    async with client(make_app(desk), headers=VIEW_BEARER) as viewer:
        asked = [asyncio.create_task(viewer.get("/api/screenshot")) for _ in range(20)]
        await asyncio.sleep(0.05)
        gate.set()
        answers = await asyncio.gather(*asked)
    assert [answer.content for answer in answers] == [b"a picture"] * 20
    assert most == 1


async def test_whoever_gives_up_has_none_made_beside_another(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, gate = 0, asyncio.Event()

    async def screenshot() -> bytes:
        nonlocal begun
        begun += 1
        # A thread packs it: it goes on whatever becomes of those who wait.
        await gate.wait()
        return b"a picture"

    monkeypatch.setattr(desk, "screenshot", screenshot)
    async with client(make_app(desk), headers=VIEW_BEARER) as viewer:
        for _ in range(20):
            asking = asyncio.create_task(viewer.get("/api/screenshot"))
            await asyncio.sleep(0.01)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        assert begun == 1
        gate.set()
        assert (await viewer.get("/api/screenshot")).content == b"a picture"
