"""Everything below a prefix, at several depths."""

from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.unit.http.desktop import BEARER, HTML, TOKEN, client, make_app, serving, ws_status

DEEP = ["/desk/", "/user/ada%40x/desk/", "/a/b/c/"]


@pytest.mark.parametrize("base", ["/", *DEEP])
async def test_everything_is_below(base: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("the client")
    app = make_app(base_url=base, static=tmp_path)
    async with client(app) as browser:
        entry = await browser.get(f"{base}?token={TOKEN}&a=1")
        assert (entry.status_code, entry.headers["location"]) == (303, "./?a=1")
        assert f"Path={base};" in entry.headers["set-cookie"]
        assert (await browser.get(f"{base}?a=1")).text == "the client"
        assert (await browser.get(f"{base}vnc.html")).text == "the client"
        assert (await browser.get(f"{base}api/session")).json()["role"] == "control"
        assert (await browser.get(f"{base}healthz")).status_code == 200


@pytest.mark.parametrize("base", DEEP)
async def test_outside_there_is_nothing(base: str) -> None:
    app = make_app(base_url=base)
    async with client(app, headers=BEARER) as user:
        for path in ("/", "/healthz", "/api/session", "/login", f"{base[:-1]}x/", f"/x{base}"):
            assert (await user.get(path)).status_code == 404, path
    async with serving(app) as server:
        own = server.addresses[0].replace("http", "ws")
        assert await ws_status(f"{own}/api/events", additional_headers=BEARER) == 404


@pytest.mark.parametrize("base", DEEP)
async def test_without_its_slash_it_leads_to_the_desktop(base: str) -> None:
    short, last = base[:-1], base.split("/")[-2]
    async with client(make_app(base_url=base)) as browser:
        for token in ("", "token=wrong&"):
            answer = await browser.get(f"{short}?{token}a=1")
            assert (answer.status_code, answer.headers["location"]) == (303, f"./{last}/?a=1")
            assert "set-cookie" not in answer.headers
        answer = await browser.get(f"{short}?token={TOKEN}&a=1")
        assert (answer.status_code, answer.headers["location"]) == (303, f"./{last}/?a=1")
        assert (await browser.get(f"{base}api/session")).status_code == 200


@pytest.mark.parametrize("base", DEEP)
async def test_without_its_slash_it_does_nothing_else(base: str) -> None:
    async with client(make_app(base_url=base)) as stranger:
        assert (await stranger.post(base[:-1])).status_code == 401
    async with serving(make_app(base_url=base)) as server:
        own = server.addresses[0].replace("http", "ws")
        assert await ws_status(own + base[:-1]) == 403


@pytest.mark.parametrize("base", ["/", *DEEP])
async def test_the_form_leads_to_the_desktop(base: str) -> None:
    async with client(make_app(base_url=base)) as browser:
        page = await browser.get(f"{base}api/session", headers=HTML)
        assert 'action="../login"' in page.text
        answer = await browser.post(f"{base}login", data={"token": TOKEN})
        assert urljoin(f"{base}login", answer.headers["location"]) == base
        assert (await browser.get(f"{base}api/session")).status_code == 200


@pytest.mark.parametrize("base", ["/", *DEEP])
async def test_websockets(base: str) -> None:
    async with serving(make_app(base_url=base)) as server:
        own = server.addresses[0].replace("http", "ws")
        assert await ws_status(f"{own}{base}api/events", additional_headers=BEARER) == 101
        assert await ws_status(f"{own}{base}api/events") == 403


@pytest.mark.parametrize("base", ["/a b/", "/a;b/", "/a?b", "/a/../b", "/{x}/", "/a\nb/", "/ü/"])
def test_a_bad_prefix_is_named(base: str) -> None:
    with pytest.raises(ValueError, match="base_url="):
        make_app(base_url=base)


async def test_a_prefix_that_a_proxy_strips_is_right_with_and_without_its_slash() -> None:
    app = make_app(trusted_proxies=("*",))
    async with client(app, headers={"X-Forwarded-Prefix": "/tools/napari/"}) as browser:
        answer = await browser.get(f"/?token={TOKEN}&a=1")
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/tools/napari/vnc.html?a=1",
        )
        assert (await browser.get("/api/session")).status_code == 200
        answer = await browser.get("/?ticket=x")
        assert answer.headers["location"] == "/tools/napari/vnc.html?ticket=x"


@pytest.mark.parametrize("prefix", ["//evil.test/", "https://evil.test", "/a/../b", "/", "/a b"])
async def test_a_prefix_that_is_no_path_means_nothing(prefix: str) -> None:
    app = make_app(trusted_proxies=("*",))
    async with client(app, headers={"X-Forwarded-Prefix": prefix}) as browser:
        answer = await browser.get(f"/?token={TOKEN}")
        location = answer.headers["location"]
        assert location == "./" or urljoin("http://own.test/", location).startswith(
            "http://own.test/"
        )


async def test_a_prefix_from_a_stranger_means_nothing() -> None:
    async with client(make_app(), headers={"X-Forwarded-Prefix": "/napari"}) as browser:
        assert (await browser.get(f"/?token={TOKEN}")).headers["location"] == "./"


async def test_a_proxy_that_puts_the_prefix_before_redirects_itself_is_left_to_it() -> None:
    """As jupyter-server-proxy does."""
    app = make_app(trusted_proxies=("127.0.0.1",))
    headers = {"X-Forwarded-Prefix": "/napari", "X-ProxyContextPath": "/napari"}
    async with client(app, headers=headers) as browser:
        assert (await browser.get(f"/?token={TOKEN}")).headers["location"] == "./"
