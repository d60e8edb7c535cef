"""The clipboard, by HTTP."""

from __future__ import annotations

import pytest

from tests.unit.http.desktop import VIEW_BEARER, Desk, client, make_app, user


@pytest.mark.parametrize("text", ["", "plain", "grüße 👋 \u4f60\u597d\n\ttab", "a\0b"])
async def test_goes_in_and_out_as_utf8(desk: Desk, text: str) -> None:
    async with user(desk) as script:
        put = await script.put("/api/clipboard", content=text.encode())
        assert put.status_code == 204
        assert desk.clipboard_text == text
        got = await script.get("/api/clipboard")
        assert got.content.decode() == text
        assert got.headers["content-type"] == "text/plain; charset=utf-8"


async def test_is_not_shown_to_a_viewer(desk: Desk) -> None:
    desk.clipboard_text = "secret"
    async with client(make_app(desk), headers=VIEW_BEARER) as viewer:
        answer = await viewer.get("/api/clipboard")
        assert answer.status_code == 403
        assert "secret" not in answer.text


async def test_takes_a_mebibyte_and_no_more(desk: Desk) -> None:
    async with user(desk) as script:
        whole = await script.put("/api/clipboard", content=b"x" * 1_048_576)
        assert whole.status_code == 204
        more = await script.put("/api/clipboard", content=b"y" * 1_048_577)
        assert more.status_code == 413
    assert desk.clipboard_text == "x" * 1_048_576


async def test_must_be_utf8(desk: Desk) -> None:
    async with user(desk) as script:
        answer = await script.put("/api/clipboard", content=b"gr\xfc\xdfe")
    assert answer.status_code == 400
    assert "UTF-8" in answer.json()["error"]
