"""``/api/drop`` on a session in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from desktopd.files.limits import UploadLimits
from desktopd.files.sharing import Rules, SharedFiles
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.negotiation import DropResult
from tests.unit.accounts import accounts
from tests.unit.http.desktop import BEARER, VIEW_BEARER, Desk, client, make_app, user

LINK = "https://example.org/image.zarr?a=1#b"


@pytest.fixture
async def script(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    async with user(desk) as script:
        yield script


@pytest.mark.parametrize("result", DropResult)
async def test_the_answer_says_what_became_of_it(
    desk: Desk, script: httpx.AsyncClient, result: DropResult
) -> None:
    desk.result = result
    answer = await script.post("/api/drop", json={"x": 640, "y": 0, "text": "grün"})
    assert answer.json() == {"result": result.value}
    assert desk.drops == [(640, 0, Content(text="grün"))]


async def test_links(desk: Desk, script: httpx.AsyncClient) -> None:
    links = [LINK, "s3://bucket/key", "mailto:somebody@example.org"]
    await script.post("/api/drop", json={"x": 1, "y": 2, "urls": links})
    assert desk.drops == [(1, 2, Content(uris=tuple(links)))]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (None, "not a JSON object"),
        ([], "not a JSON object"),
        ({"y": 2, "text": ""}, "x is not a pixel"),
        ({"x": -1, "y": 2, "text": ""}, "x is not a pixel"),
        ({"x": 1, "y": 8192, "text": ""}, "y is not a pixel"),
        ({"x": True, "y": 2, "text": ""}, "x is not a pixel"),
        ({"x": 1.5, "y": 2, "text": ""}, "x is not a pixel"),
        ({"x": 1, "y": 2}, "not one thing to drop"),
        ({"x": 1, "y": 2, "text": "", "urls": [LINK]}, "not one thing to drop"),
        ({"x": 1, "y": 2, "image": ""}, "unknown key 'image'"),
        ({"x": 1, "y": 2, "text": 3}, "text is not a text"),
        ({"x": 1, "y": 2, "urls": LINK}, "urls is not a text, or a list"),
        ({"x": 1, "y": 2, "urls": []}, "a list of 1 to 1000"),
        ({"x": 1, "y": 2, "urls": ["file:///etc/passwd"]}, "is no link"),
        ({"x": 1, "y": 2, "urls": ["FILE:///etc/passwd"]}, "is no link"),
        ({"x": 1, "y": 2, "urls": [f"{LINK}\r\nfile:///etc/passwd"]}, "is no link"),
        ({"x": 1, "y": 2, "urls": ["/data/cells.tif"]}, "is no link"),
        ({"x": 1, "y": 2, "urls": [None]}, "is no link"),
    ],
)
async def test_anything_else_is_refused(
    desk: Desk, script: httpx.AsyncClient, body: Any, error: str
) -> None:
    answer = await script.post("/api/drop", json=body)
    assert answer.status_code == 400
    assert error in answer.json()["error"]
    assert desk.drops == []


async def test_too_much(desk: Desk, script: httpx.AsyncClient) -> None:
    for length in (1_048_577, 3_000_000):
        answer = await script.post("/api/drop", json={"x": 1, "y": 2, "text": "x" * length})
        assert answer.status_code == 413
        assert answer.json()["remedy"] == "copy a smaller part, or upload it as a file"
    assert desk.drops == []


async def test_too_many(desk: Desk, script: httpx.AsyncClient) -> None:
    for many in ({"urls": [LINK] * 1001}, {"paths": ["cells.tif"] * 1001}):
        answer = await script.post("/api/drop", json={"x": 1, "y": 2, **many})
        assert answer.status_code == 413
        assert answer.json()["error"] == "1001 at once: programs are given at most 1000"
    assert desk.drops == []


async def test_who_may_only_watch_drops_nothing(desk: Desk) -> None:
    async with client(make_app(desk), headers=VIEW_BEARER) as viewer:
        answer = await viewer.post("/api/drop", json={"x": 1, "y": 2, "text": "text"})
    assert answer.status_code == 403
    assert desk.drops == []


async def test_without_files(
    desk: Desk, script: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    answer = await script.post("/api/drop", json={"x": 1, "y": 2, "paths": ["cells.tif"]})
    assert answer.status_code == 404
    assert answer.json()["error"] == "files are switched off"
    assert [line["path"] for line in accounts(caplog, "refused")] == ["/api/drop"]


async def test_files_are_those_below_the_top_folder(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    cells = tmp_path / "in" / "zwölf Zellen #1.tif"
    cells.touch()
    (tmp_path / "link").symlink_to("/etc/passwd")
    files = SharedFiles(tmp_path, Rules(), UploadLimits(), tmp_path / "records")
    answers = {}
    async with client(make_app(desk, files=files), headers=BEARER) as script:
        for path in (
            f"in/{cells.name}",
            "in",
            "in/none.tif",
            "link",
            "../etc/passwd",
            str(cells),
            1,
        ):
            body = {"x": 1, "y": 2, "paths": [path]}
            answers[path] = (await script.post("/api/drop", json=body)).status_code
    assert [*answers.values()] == [200, 200, 404, 403, 400, 400, 400]
    assert desk.drops == [
        (1, 2, Content.of_files((cells,))),
        (1, 2, Content.of_files((tmp_path / "in",))),
    ]
