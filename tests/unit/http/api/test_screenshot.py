"""The desktop as a picture."""

from __future__ import annotations

from tests.unit.http.desktop import VIEW_BEARER, Desk, client, make_app


async def test_the_screenshot(desk: Desk) -> None:
    async with client(make_app(desk), headers=VIEW_BEARER) as viewer:
        answer = await viewer.get("/api/screenshot")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == await desk.screenshot()
