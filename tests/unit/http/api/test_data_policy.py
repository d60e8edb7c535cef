"""What may leave the desktop and come to it by HTTP, for whom, and what of that is written down."""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from desktopd.data_policy import Copies, Screenshots
from desktopd.session.status import Stage
from desktopd.x11.selections.content import Content
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


def accounts(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What was written into the audit log."""
    of_audit = [record for record in caplog.records if record.name == "desktopd.audit"]
    return [{"event": record.getMessage(), **vars(record)["facts"]} for record in of_audit]


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
        token = made.json()["token"]
        await http.get("/", params={"token": token})
        url = server.addresses[0].replace("http", "ws", 1) + "/api/events"
        guest = {"Authorization": f"Bearer {token}"}
        async with connect(url, additional_headers=guest) as page:
            while (await told(page))["type"] != "clipboard":
                pass
    who = {"address": "127.0.0.1"}
    assert accounts(caplog) == [
        {"event": "signed in", "role": "control", **who},
        {"event": "copied out", "text": len(COPIED), **who},
    ]
