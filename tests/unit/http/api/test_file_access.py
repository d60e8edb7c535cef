"""Who may do what with files, what is said of what cannot be, and what the log tells."""

from __future__ import annotations

import logging
from pathlib import Path

import httpx
import pytest

from desktopd.files.sharing import Rules
from tests.unit.http.api.shared import Shared
from tests.unit.http.desktop import BEARER, HTML, VIEW_BEARER, make_app

BYTES = bytes(range(256)) * 4


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path)


REQUESTS = [
    ("GET", "/api/files/", b""),
    ("GET", "/api/files/a", b""),
    ("GET", "/api/files/?zip", b""),
    ("PUT", "/api/files/new", b"x"),
    ("POST", "/api/files/new", b'{"folder": true}'),
    ("PATCH", "/api/files/a", b'{"to": "b"}'),
    ("DELETE", "/api/files/a", b""),
    ("OPTIONS", "/api/uploads", b""),
    ("POST", "/api/uploads", b""),
    ("HEAD", "/api/uploads/x", b""),
    ("PATCH", "/api/uploads/x", b""),
    ("DELETE", "/api/uploads/x", b""),
]
LIST, LOAD, CHANGES = REQUESTS[:1], REQUESTS[:3], REQUESTS[3:]


@pytest.mark.parametrize(
    ("rules", "who", "allowed"),
    [
        (Rules(), BEARER, REQUESTS),
        (Rules(upload=False), BEARER, LOAD),
        (Rules(download=False), BEARER, LIST + CHANGES),
        (Rules(), VIEW_BEARER, []),
        (Rules(for_viewers=True), VIEW_BEARER, LOAD),
        (Rules(for_viewers=True, download=False), VIEW_BEARER, LIST),
    ],
)
async def test_who_may_what(
    tmp_path: Path, rules: Rules, who: dict[str, str], allowed: list[tuple[str, str, bytes]]
) -> None:
    shared = Shared(tmp_path, rules)
    for method, path, body in REQUESTS:
        shared.write("a")
        before = shared.names()
        async with shared.client(who) as someone:
            answer = await someone.request(method, path, content=body)
        may = (method, path, body) in allowed
        assert (answer.status_code != 403) is may, (method, path, answer.text)
        assert may or shared.names() == before


async def test_a_viewer_is_told_neither_more_nor_less(tmp_path: Path) -> None:
    shared = Shared(tmp_path, Rules(for_viewers=True))
    async with shared.client(VIEW_BEARER) as viewer:
        listing = (await viewer.get("/api/files/")).json()
    assert listing["root"] is None
    assert listing["may"] == {"download": True, "upload": False}


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
async def test_files_that_are_switched_off(method: str, path: str, body: bytes) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(make_app()), base_url="http://x", headers=BEARER
    ) as script:
        answer = await script.request(method, path, content=body)
    assert answer.status_code == 404
    if method != "HEAD":
        assert answer.json()["error"] == "files are switched off"


async def test_errors_are_json_or_a_page(shared: Shared) -> None:
    (shared.path / "link").symlink_to("/proc/self/environ")
    async with shared.client() as script:
        for path, status in (("nothing", 404), ("link", 403), ("%2e%2e/x", 400)):
            answer = await script.get(f"/api/files/{path}")
            assert answer.status_code == status, path
            assert answer.json().keys() == {"error", "remedy"}
        page = await script.get("/api/files/nothing<b>", headers=HTML)
    assert "<h1>nothing&lt;b&gt;: no such file or folder</h1>" in page.text


async def test_the_top_without_its_slash(tmp_path: Path) -> None:
    shared = Shared(tmp_path)
    shared.app = make_app(files=shared.files, base_url="/user/a/")
    async with shared.client() as script:
        answer = await script.get("/user/a/api/files?zip", follow_redirects=False)
        listing = await script.get("/user/a/api/files", follow_redirects=True)
    assert answer.status_code == 308
    assert str(answer.next_request and answer.next_request.url).endswith("/user/a/api/files/?zip")
    assert listing.json()["path"] == ""


async def test_below_a_prefix(tmp_path: Path) -> None:
    shared = Shared(tmp_path)
    shared.app = make_app(files=shared.files, base_url="/user/a%40b/")
    shared.write("x/a b")
    async with shared.client() as script:
        listing = (await script.get("/user/a%40b/api/files/x/")).json()
        got = await script.get(f"/user/a%40b/api/files/{listing['entries'][0]['href']}")
    assert got.content == b"here"


async def test_the_log_tells_who_did_what_and_no_content(
    shared: Shared, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with shared.client() as script:
            await script.put("/api/files/a%20b", content=b"secret content")
            await script.get("/api/files/a%20b")
            await script.get("/api/files/?zip")
            await script.patch("/api/files/a%20b", json={"to": "c"})
            await script.delete("/api/files/c")
    lines = [r.getMessage() for r in caplog.records if r.name == "desktopd.http.api.file_access"]
    assert lines == [
        "192.0.2.7 uploads 'a b', 14 bytes",
        "192.0.2.7 loads 'a b', 14 bytes",
        "192.0.2.7 loads the zip of ''",
        "192.0.2.7 renames 'a b' to 'c', 14 bytes",
        "192.0.2.7 deletes 'c'",
    ]
