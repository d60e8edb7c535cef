"""What may leave the desktop and come to it by HTTP, for whom, and what of that is written down."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from desktopd.data_policy import Copies, Screenshots
from desktopd.files.sharing import Rules
from desktopd.session.status import Stage
from desktopd.x11.selections.content import Content
from tests.unit.accounts import accounts
from tests.unit.http.api.shared import CHUNK, Shared
from tests.unit.http.desktop import BEARER, VIEW_BEARER, Desk, client, make_app, serving

COPIED = "copied on the desktop"
NOT_UNDERSTOOD = {
    "type": "error",
    "error": "the frame is not understood",
    "remedy": 'send {"type": "clipboard", "text": "…"} as text, and "html" if there is any',
}


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.clipboard.copy(Content(text=COPIED))
    return desk


@pytest.mark.parametrize("copies", Copies)
async def test_copies_go_only_where_they_may(desk: Desk, copies: Copies) -> None:
    async with client(make_app(desk, copies=copies), headers=BEARER) as owner:
        out = await owner.get("/api/clipboard")
        assert (out.status_code == 200) is copies.out
        assert (COPIED in out.text) is copies.out
        into = [
            await owner.put("/api/clipboard", content="from outside"),
            await owner.post("/api/drop", json={"x": 1, "y": 1, "text": "from outside"}),
            await owner.post("/api/drop", json={"x": 1, "y": 1, "urls": ["https://a.test"]}),
        ]
    assert [answer.status_code in (200, 204) for answer in into] == [copies.into] * 3
    if not copies.into:
        assert into[0].status_code == 403
        assert into[0].json() == {
            "error": "copies may not come to this desktop",
            "remedy": "clipboard=both lets them",
        }
        assert desk.drops == []
        assert desk.clipboard.text == COPIED


@pytest.mark.parametrize("copies", Copies)
async def test_events_bring_and_take_copies_only_where_they_may(desk: Desk, copies: Copies) -> None:
    heard: list[dict[str, Any]] = []
    async with serving(make_app(desk, copies=copies)) as server:
        url = server.addresses[0].replace("http", "ws", 1) + "/api/events"
        async with connect(url, additional_headers=BEARER) as page:
            await page.send(json.dumps({"type": "clipboard", "text": "from outside"}))
            await page.send("no copy")
            while heard.count(NOT_UNDERSTOOD) < 1:
                heard.append(await told(page))
            desk.clipboard.copy(Content(text="copied later"))
            # What has been copied is told before the second of these.
            for stage in (Stage.DISPLAY, Stage.READY):
                desk.become(stage=stage)
                while not heard or heard[-1].get("session", {}).get("stage") != stage:
                    heard.append(await told(page))
    texts = [frame["text"] for frame in heard if frame["type"] == "clipboard"]
    errors = [frame["error"] for frame in heard if frame["type"] == "error"]
    assert ("copied later" in texts) is copies.out
    assert (COPIED in texts or "from outside" in texts) is copies.out
    refused = ["copies may not come to this desktop"]
    assert errors == (refused if not copies.into else []) + [NOT_UNDERSTOOD["error"]]


async def told(page: ClientConnection) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await page.recv())
    return frame


@pytest.mark.parametrize(
    ("allowed", "owner", "watcher"),
    [(Screenshots.ALL, 200, 200), (Screenshots.CONTROL, 200, 403), (Screenshots.OFF, 403, 403)],
)
async def test_screenshots(desk: Desk, allowed: Screenshots, owner: int, watcher: int) -> None:
    async with client(make_app(desk, screenshots=allowed)) as anybody:
        for headers, status in ((BEARER, owner), (VIEW_BEARER, watcher)):
            answer = await anybody.get("/api/screenshot", headers=headers)
            assert answer.status_code == status
            canvas = await anybody.get("/api/app/screenshot", headers=headers)
            # There is no companion here that could take one.
            assert (canvas.status_code == 403) is (status == 403)


async def test_what_moved_is_written_down_without_what_it_was(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "desktopd.audit")
    async with client(make_app(desk)) as owner:
        await owner.get("/?token=wrong")
        await owner.get("/api/clipboard", headers=BEARER)
        await owner.put("/api/clipboard", content="ünï", headers=BEARER)
        await owner.get("/api/screenshot", headers=BEARER)
    who = {"address": "192.0.2.7"}
    assert accounts(caplog) == [
        {"event": "refused", "reason": "the token is wrong", **who},
        {"event": "signed in", "role": "control", "by": "bearer", **who},
        {"event": "copied out", "text": len(COPIED), **who},
        {"event": "copied in", "text": 5, **who},
        {"event": "screenshot", **who},
    ]


async def test_who_comes_by_a_link_and_what_he_finds_copied_are_written_down(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "desktopd.audit")
    async with (
        serving(make_app(desk)) as server,
        httpx.AsyncClient(base_url=server.addresses[0]) as http,
    ):
        made = await http.post("/api/links", json={"role": "control"}, headers=BEARER)
        token, link = made.json()["token"], made.json()["id"]
        await http.get("/", params={"token": token})
        url = server.addresses[0].replace("http", "ws", 1) + "/api/events"
        guest = {"Authorization": f"Bearer {token}"}
        async with connect(url, additional_headers=guest) as page:
            while (await told(page))["type"] != "clipboard":
                pass
    who = {"address": "127.0.0.1"}
    lines = accounts(caplog)
    owner, made_line = lines[:2]
    assert (owner["by"], made_line["event"], made_line["link"]) == ("bearer", "link made", link)
    assert lines[2:] == [
        {"event": "signed in", "role": "control", "by": "cookie", "link": link, **who},
        {"event": "signed in", "role": "control", "by": "bearer", "link": link, **who},
        {"event": "copied out", "text": len(COPIED), **who},
    ]


ASKED = (
    ("GET", "/api/files/a.txt"),
    ("GET", "/api/files/?zip"),
    ("PUT", "/api/files/b.txt"),
    ("POST", "/api/uploads"),
    ("GET", "/api/clipboard"),
    ("PUT", "/api/clipboard"),
    ("POST", "/api/drop"),
    ("GET", "/api/screenshot"),
    ("GET", "/api/app/screenshot"),
)


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        (Rules(upload=False, download=False), ["files/a.txt", "files/b.txt", "uploads"]),
        (None, ["files/a.txt"]),
    ],
)
async def test_what_the_policy_refuses_is_told_of_each_resource(
    desk: Desk,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
    files: Rules | None,
    paths: list[str],
) -> None:
    caplog.set_level(logging.INFO, "desktopd.audit")
    (tmp_path / "a.txt").touch()
    shared = None if files is None else Shared(tmp_path, files).files
    app = make_app(desk, copies=Copies.OFF, screenshots=Screenshots.OFF, files=shared)
    async with client(app, headers=BEARER) as owner:
        for _ in range(2):
            for method, path in ASKED:
                body = {"json": {"x": 1, "y": 1, "text": "a"}} if "drop" in path else {}
                answer = await owner.request(method, path, headers=CHUNK, **body)
                assert answer.status_code in (403, 404)
    told = accounts(caplog, "refused")
    others = ["clipboard", "clipboard", "drop", "screenshot", "app/screenshot"]
    assert [line["path"].removeprefix("/api/") for line in told] == paths + others
    assert {line["role"] for line in told} == {"control"}


async def test_what_the_policy_refuses_of_the_events_is_told(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "desktopd.audit")
    async with serving(make_app(desk, copies=Copies.OUT)) as server:
        url = server.addresses[0].replace("http", "ws", 1) + "/api/events"
        for headers in (BEARER, VIEW_BEARER):
            async with connect(url, additional_headers=headers) as page:
                await page.send(json.dumps({"type": "clipboard", "text": "from outside"}))
                while (await told(page))["type"] != "error":
                    pass
    assert [(line["role"], line["reason"]) for line in accounts(caplog, "refused")] == [
        ("control", "copies may not come to this desktop"),
        ("view", "this token may only watch"),
    ]


async def test_links_and_restarts_are_told(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "desktopd.audit")
    async with client(make_app(desk), headers=BEARER) as owner:
        made = await owner.post("/api/links", json={"role": "view", "name": "class"})
        link = made.json()["id"]
        await owner.delete(f"/api/links/{link}")
        await owner.post("/api/app/restart")
        await owner.post("/api/app/restart?unsaved=lose")
    who = {"address": "192.0.2.7"}
    assert accounts(caplog)[1:] == [
        {"event": "link made", "link": link, "role": "view", "name": "class", **who},
        {"event": "link revoked", "link": link, **who},
        {"event": "application restarted", **who},
        {"event": "application restarted", "unsaved": "lose", **who},
    ]
