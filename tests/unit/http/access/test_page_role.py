"""Several roles in one browser: each tab has its own, and none another's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from desktopd.http.access.page_role import with_role
from tests.unit.http.desktop import (
    BEARER,
    HTML,
    TOKEN,
    VIEW_TOKEN,
    client,
    make_app,
    serving,
    ws_status,
)

WRITE = {"X-Desktopd": "1", "Origin": "http://desk.test"}


@pytest.fixture
def app(tmp_path: Path) -> Starlette:
    (tmp_path / "index.html").write_text("<head>the client")
    return make_app(static=tmp_path)


@pytest.fixture
async def browser(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with client(app) as browser:
        yield browser


async def enter(browser: httpx.AsyncClient, token: str, page: str = "/") -> str:
    """Where a browser gets to with a token."""
    address = httpx.URL(page).copy_add_param("token", token)
    answer = await browser.get(address, headers=HTML)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def make_link(browser: httpx.AsyncClient, role: str) -> dict[str, Any]:
    answer = await browser.post("/api/links", json={"role": role}, headers=BEARER)
    return dict(answer.json())


async def role(browser: httpx.AsyncClient, tab: str | None) -> str | int:
    """The role of a request; a status where it has none."""
    headers = {} if tab is None else {"X-Desktopd-As": tab}
    answer = await browser.get("/api/session", headers=headers)
    return answer.json()["role"] if answer.status_code == 200 else answer.status_code


async def test_each_tab_keeps_its_role(browser: httpx.AsyncClient) -> None:
    view, control = await make_link(browser, "view"), await make_link(browser, "control")
    assert await enter(browser, VIEW_TOKEN) == "./?as=view"
    assert await role(browser, "control") == 401
    assert await enter(browser, TOKEN) == "./"
    assert await enter(browser, view["token"]) == f"./?as={view['id']}"
    assert await enter(browser, control["token"]) == f"./?as={control['id']}"
    tabs = ("control", "view", view["id"], control["id"])
    assert [await role(browser, tab) for tab in tabs] == ["control", "view", "view", "control"]
    assert await role(browser, None) == "control"
    assert await role(browser, "nobody") == 401
    # Only the token's own tab is the owner's.
    for tab, status in zip(tabs, (200, 403, 403, 403), strict=True):
        answer = await browser.get("/api/links", headers={"X-Desktopd-As": tab})
        assert answer.status_code == status


async def test_the_address_tells_what_links_and_websockets_are(app: Starlette) -> None:
    async with (
        serving(app) as server,
        httpx.AsyncClient(base_url=server.addresses[0]) as browser,
    ):
        for token in (VIEW_TOKEN, TOKEN):
            await browser.get("/", params={"token": token})
        assert (await browser.get("/api/session?as=view")).json()["role"] == "view"
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        headers = {"Cookie": cookies, "Origin": server.addresses[0]}
        address = server.addresses[0].replace("http", "ws") + "/api/events"
        for tab, status in (("view", 101), ("control", 101), ("nobody", 403)):
            said = ["events", f"desktopd.as.{tab}"]
            asked = ws_status(address, additional_headers=headers, subprotocols=said)
            assert await asked == status


async def test_a_role_says_nothing_without_its_cookie(browser: httpx.AsyncClient) -> None:
    link = await make_link(browser, "control")
    await enter(browser, VIEW_TOKEN)
    for tab in ("control", link["id"]):
        assert await role(browser, tab) == 401


async def test_logging_out_of_one_leaves_the_others(browser: httpx.AsyncClient) -> None:
    link = await make_link(browser, "view")
    for token in (TOKEN, VIEW_TOKEN, link["token"]):
        await enter(browser, token)
    tabs = ["control", "view", link["id"]]
    while tabs:
        answer = await browser.post("/api/logout", headers=WRITE | {"X-Desktopd-As": tabs[0]})
        assert answer.status_code == 204
        assert await role(browser, tabs.pop(0)) == 401
        assert 401 not in [await role(browser, tab) for tab in tabs]
    assert len(browser.cookies) == 0


async def test_a_page_finds_itself_under_its_own_role(browser: httpx.AsyncClient) -> None:
    await enter(browser, VIEW_TOKEN)
    page = await browser.get("/vnc.html?resize=off", headers=HTML)
    assert (page.status_code, page.headers["location"]) == (303, "?resize=off&as=view")
    page = await browser.get("/vnc.html?resize=off&as=view", headers=HTML)
    assert (page.status_code, page.text) == (200, "<head>the client")
    await enter(browser, TOKEN)
    assert (await browser.get("/", headers=HTML)).status_code == 200
    # A tab of the weaker role stays what it is, and is asked for its own token when that is gone.
    assert (await browser.get("/?as=view", headers=HTML)).status_code == 200
    assert (await browser.get("/?as=nobody", headers=HTML)).status_code == 401


async def test_another_token_makes_a_tab_another_ones(browser: httpx.AsyncClient) -> None:
    assert await enter(browser, TOKEN, "/?as=view&open=a.tif") == "./?open=a.tif"
    assert await enter(browser, VIEW_TOKEN, "/?open=a.tif&as=x") == "./?open=a.tif&as=view"
    form = {"token": TOKEN, "next": "?as=view&bar=0"}
    answer = await browser.post("/login", data=form, headers={"Origin": "http://desk.test"})
    assert answer.headers["location"] == "./?bar=0"


async def test_cookies_of_links_that_are_over_are_cleared_away(browser: httpx.AsyncClient) -> None:
    links = [await make_link(browser, "view") for _ in range(3)]
    for link in links[:2]:
        await enter(browser, link["token"])
    await browser.delete(f"/api/links/{links[0]['id']}", headers=BEARER)
    over = await browser.get(f"/?as={links[0]['id']}", headers=HTML)
    assert "This link is not valid any more" in over.text
    await enter(browser, links[2]["token"])
    kept = {name.rpartition("-")[2] for name in browser.cookies}
    assert kept == {links[1]["id"], links[2]["id"]}


@pytest.mark.parametrize(
    ("address", "role", "found"),
    [
        ("./", "control", "./"),
        ("./?a=1&as=view&b", "control", "./?a=1&b"),
        ("./?as", "view", "./?as=view"),
        ("?ask=1", "view", "?ask=1&as=view"),
    ],
)
def test_an_address_names_one_role(address: str, role: str, found: str) -> None:
    assert with_role(address, role) == found
