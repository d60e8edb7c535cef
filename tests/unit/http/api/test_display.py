"""The size of the screen, by HTTP."""

from __future__ import annotations

import pytest

from desktopd.geometry import Size
from tests.unit.http.desktop import READY, Desk, user


async def test_the_answer_is_what_x_has(desk: Desk) -> None:
    desk.largest = Size(1920, 1080)
    async with user(desk) as script:
        answer = await script.put("/api/display", json={"width": 5000, "height": 600})
    assert answer.json() == {"width": 1920, "height": 600}


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
        b'{"width":800,"height":600,"scale":2}',
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
        answer = await script.put("/api/display", json={"width": 1, "height": 1, "scale": 2})
    assert answer.json()["error"] == "unknown key 'scale'"


async def test_a_huge_body_is_refused(desk: Desk) -> None:
    async with user(desk) as script:
        answer = await script.put("/api/display", content=b" " * 5000)
    assert answer.status_code == 413
