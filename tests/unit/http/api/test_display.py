"""The size of the screen, by HTTP."""

from __future__ import annotations

import pytest

from desktopd.geometry import Size
from tests.unit.http.desktop import READY, Desk, user


async def test_the_answer_is_what_x_has(desk: Desk) -> None:
    desk.largest = Size(1920, 1080)
    async with user(desk) as script:
        answer = await script.put("/api/display", json={"width": 5000, "height": 600})
    assert answer.json() == {"width": 1920, "height": 600, "scale": 1.0}


async def test_the_scale_that_programs_are_to_draw_at(desk: Desk) -> None:
    async with user(desk) as script:
        size = {"width": 1600, "height": 900}
        answers = [
            await script.put("/api/display", json={**size, "scale": scale})
            for scale in (1.25, 2, None)
        ]
        told = (await script.get("/api/session")).json()["display"]["scale"]
    assert [answer.json()["scale"] for answer in answers] == [1.25, 2.0, 2.0]
    assert told == 2.0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"width":800}',
        b'{"width":800,"height":"600"}',
        b'{"width":800,"height":600.5}',
        b'{"width":800,"height":true}',
        b'{"width":800,"height":null}',
        b'{"width":800,"height":63}',
        b'{"width":8193,"height":600}',
        b'{"width":-800,"height":600}',
        b'{"width":1e400,"height":600}',
        b'{"width":800,"height":600,"scale":"2"}',
        b'{"width":800,"height":600,"scale":true}',
        b'{"width":800,"height":600,"scale":0.4}',
        b'{"width":800,"height":600,"scale":1e400}',
        b'{"width":800,"height":600,"x":1}',
        b"\xff\xfe",
        b"[" * 4000,
    ],
)
async def test_anything_else_is_refused(desk: Desk, body: bytes) -> None:
    async with user(desk) as script:
        answer = await script.put("/api/display", content=body)
    assert answer.status_code == 400
    assert '{"width": 1600, "height": 900}' in answer.json()["remedy"]
    assert desk.status == READY


async def test_an_unknown_key_is_named(desk: Desk) -> None:
    async with user(desk) as script:
        answer = await script.put("/api/display", json={"width": 1, "height": 1, "depth": 2})
    assert answer.json()["error"] == "unknown key 'depth'"


async def test_a_huge_body_is_refused(desk: Desk) -> None:
    async with user(desk) as script:
        answer = await script.put("/api/display", content=b" " * 5000)
    assert answer.status_code == 413
