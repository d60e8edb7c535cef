"""What every route answers when something is missing: a display, or the route."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktopd.errors import DisplayUnavailable
from desktopd.session.status import Stage
from desktopd.x11.errors import ConnectionLost, XRequestError, XTimeout
from tests.unit.http.desktop import HTML, READY, VIEW_BEARER, Desk, client, make_app, user


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/screenshot", b""),
        ("PUT", "/api/display", b'{"width":800,"height":600}'),
        ("PUT", "/api/clipboard", b"text"),
    ],
)
async def test_without_a_display(desk: Desk, method: str, path: str, body: bytes) -> None:
    desk.status = replace(READY, stage=Stage.DISPLAY, display=None)
    async with user(desk) as script:
        answer = await script.request(method, path, content=body)
    assert answer.status_code == 503
    assert answer.json()["error"] == "the display is not running"
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    "error",
    [DisplayUnavailable("none"), ConnectionLost("none"), XTimeout("none"), XRequestError("none")],
)
async def test_a_display_that_dies_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def lost(*_: object) -> None:
        raise error

    for owner, name in ((desk, "screenshot"), (desk, "resize"), (desk.clipboard, "put")):
        monkeypatch.setattr(owner, name, lost)
    async with user(desk) as script:
        for answer in (
            await script.get("/api/screenshot"),
            await script.put("/api/display", json={"width": 800, "height": 600}),
            await script.put("/api/clipboard", content=b"text"),
        ):
            assert answer.status_code == 503
            assert answer.json() == {"error": "none", "remedy": "try again in a second"}
            assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("digits", [11, 5000, 60_000])
async def test_no_window_has_so_long_a_number(desk: Desk, digits: int) -> None:
    """Whoever may only watch filled the log with errors in reading it, 2 GB in an hour."""
    async with client(make_app(desk), headers=VIEW_BEARER) as watcher:
        answer = await watcher.get(f"/api/windows/{'9' * digits}/close")
    assert answer.status_code == 404


async def test_errors_are_pages_for_a_browser(desk: Desk) -> None:
    async with user(desk, **HTML) as browser:
        answer = await browser.get("/api/nowhere/<b>")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>not found</h1>" in answer.text
    assert "<b>" not in answer.text
