"""The form for the token."""

import time
from pathlib import Path

import pytest

from desktopd.http.access.login import LoginPage
from desktopd.rfb.relay.targets import Targets
from tests.unit.http.desktop import HTML, TOKEN, client, make_app


async def test_a_browser_gets_the_form() -> None:
    async with client(make_app()) as browser:
        answer = await browser.get("/", headers=HTML)
        assert answer.status_code == 401
        assert '<form method="post" action="login">' in answer.text
        assert 'role="alert"' not in answer.text
        # With no-referrer the form would be sent with "Origin: null".
        assert answer.headers["referrer-policy"] == "same-origin"
        deep = await browser.get("/api/session", headers=HTML)
        assert 'action="../login"' in deep.text


async def test_others_get_json() -> None:
    async with client(make_app()) as script:
        answer = await script.get("/api/session")
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json().keys() == {"error", "remedy"}


async def test_the_form_leads_to_the_desktop() -> None:
    async with client(make_app()) as browser:
        page = await browser.get("/vnc.html?resize=scale&bar=0", headers=HTML)
        assert 'name="next" value="vnc.html?resize=scale&amp;bar=0"' in page.text
        form = {"token": TOKEN, "next": "vnc.html?resize=scale&bar=0"}
        answer = await browser.post("/login", data=form, headers={"Origin": "http://desk.test"})
        assert answer.status_code == 303
        assert answer.headers["location"] == "./vnc.html?resize=scale&bar=0"
        assert (await browser.get("/api/session")).json()["role"] == "control"
        again = await browser.get("/login")
        assert (again.status_code, again.headers["location"]) == (303, "./")


@pytest.mark.parametrize(
    "after",
    [
        "https://evil.test",
        "//evil.test",
        "/evil",
        "\\evil",
        "..",
        "vnc.html/../..",
        "x:y",
        "vnc.html?a\r\nX: 1",
        "javascript:1",
    ],
)
async def test_the_form_cannot_lead_elsewhere(after: str) -> None:
    async with client(make_app()) as browser:
        answer = await browser.post("/login", data={"token": TOKEN, "next": after})
        assert (answer.status_code, answer.headers["location"]) == (303, "./")


async def test_a_wrong_token_gives_the_form_again() -> None:
    async with client(make_app()) as browser:
        form = {"token": "<b>wrong", "next": "?a=1"}
        answer = await browser.post("/login", data=form, headers=HTML)
        assert answer.status_code == 401
        assert "The token is wrong" in answer.text
        assert "<b>" not in answer.text
        assert 'value="?a=1"' in answer.text
        assert (await browser.post("/login", data=form)).json()["error"] == "the token is wrong"


async def test_a_browser_that_keeps_no_cookie_is_told_so() -> None:
    async with client(make_app(base_url="/lab/")) as browser:

        async def page(referer: str) -> str:
            return (await browser.get("/lab/", headers={**HTML, "Referer": referer})).text

        assert "keeps no cookie" in await page("http://desk.test/lab/login")
        assert "keeps no cookie" in await page("https://desk.test/lab/vnc.html?resize=off")
        for elsewhere in ("http://desk.test/other/", "http://evil.test/lab/", "http://[", ""):
            assert "keeps no cookie" not in await page(elsewhere)


async def test_a_foreign_page_cannot_send_the_form() -> None:
    async with client(make_app()) as page:
        for origin in ("http://evil.test", "null"):
            headers = {"Origin": origin}
            answer = await page.post("/login", data={"token": TOKEN}, headers=headers)
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("body", [b"", b"token", b"token=", b"\xff\xfe", b"token=%FF", b"&&="])
async def test_a_broken_form_is_a_wrong_token(body: bytes) -> None:
    async with client(make_app()) as browser:
        assert (await browser.post("/login", content=body)).status_code == 401


async def test_a_huge_form_is_refused() -> None:
    async with client(make_app()) as browser:
        answer = await browser.post("/login", content=b"token=" + b"x" * 100_000)
        assert answer.status_code == 413


async def test_no_html_repeats_a_token() -> None:
    async with client(make_app()) as browser:
        for query in ("token=canary123", "path=websockify%3Ftoken%3Dcanary123&a=1"):
            answer = await browser.get(f"/vnc.html?{query}", headers=HTML)
            assert answer.status_code == 401
            assert "canary123" not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("open=/data/my-tokens.tif&ndisplay=3", "?open=/data/my-tokens.tif&amp;ndisplay=3"),
        (
            "open=https%3A%2F%2Fhost%2Fa.zarr%3Fb%3D1&token=x",
            "?open=https%3A%2F%2Fhost%2Fa.zarr%3Fb%3D1",
        ),
        ("ticket=canary123&open=a", "?open=a"),
        ("ticket&open=a", "?open=a"),
        ("a=1&path=ws%25253Ftoken%25253Dcanary123", "?a=1"),
        ("a=1&path=ws%3F%2574oken%3Dcanary123", "?a=1"),
        ("a=1&path=ws%" + "25" * 8 + "3Ftoken%3Dcanary123", "?a=1"),
    ],
)
async def test_what_the_form_keeps_of_an_address(query: str, kept: str) -> None:
    async with client(make_app()) as browser:
        page = await browser.get(f"/?{query}", headers=HTML)
    assert f'name="next" value="{kept}"' in page.text
    assert "canary123" not in page.text


def test_an_address_in_endless_quotes_takes_no_strangers_time() -> None:
    page, begun = LoginPage(names_target=False), time.thread_time()
    assert page.allowed("?a=1&b=%" + "25" * 30_000) == "?a=1"
    assert time.thread_time() - begun < 0.5


@pytest.mark.parametrize(
    ("configured", "kept"), [(True, "?path=ws%3Ftoken%3Dada&amp;a=1"), (False, "?a=1")]
)
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
async def test_the_name_of_a_target_survives_the_form(
    folder: Path, configured: bool, kept: str
) -> None:
    (folder / "targets").write_text("ada: 127.0.0.1:5901\n")
    targets = Targets("ReadOnlyTokenFile", str(folder / "targets")) if configured else None
    async with client(make_app(targets=targets)) as browser:
        page = await browser.get("/vnc.html?path=ws%3Ftoken%3Dada&token=wrong&a=1", headers=HTML)
    assert f'value="vnc.html{kept}"' in page.text
