"""The exchange of a token for a cookie."""

from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from tests.unit.http.desktop import TOKEN, VIEW_TOKEN, client, make_app


async def test_a_token_becomes_a_cookie_and_leaves_the_address() -> None:
    async with client(make_app()) as browser:
        answer = await browser.get(f"/vnc.html?autoconnect=1&token={TOKEN}&path=a%2Fb%3Fc%3D1&x")
        assert answer.status_code == 303
        assert answer.headers["location"] == "./vnc.html?autoconnect=1&path=a%2Fb%3Fc%3D1&x"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        set_cookie = answer.headers["set-cookie"]
        assert "; HttpOnly; SameSite=Lax" in set_cookie
        assert "Path=/;" in set_cookie
        assert "Secure" not in set_cookie
        assert TOKEN not in str(answer.headers)
        assert (await browser.get("/api/session")).json()["role"] == "control"


async def test_the_cookie_is_secure_on_https() -> None:
    for headers, url in (
        ({}, "https://desk.test"),
        ({"X-Forwarded-Proto": "https"}, "http://desk.test"),
    ):
        app = make_app(trusted_proxies=("192.0.2.7",))
        async with client(app, url=url, headers=headers) as browser:
            answer = await browser.get(f"/?token={TOKEN}")
            assert "; Secure; SameSite=Lax" in answer.headers["set-cookie"]


async def test_the_cookie_works_in_the_frame_of_a_listed_parent() -> None:
    app = make_app(frame_ancestors=("'self'", "https://lms.example.org"))
    async with client(app, url="https://desk.test") as browser:
        answer = await browser.get(f"/?token={TOKEN}")
        assert "; Secure; SameSite=None; Partitioned" in answer.headers["set-cookie"]


async def test_an_encoded_name_of_the_parameter_is_cleaned_too() -> None:
    async with client(make_app()) as browser:
        answer = await browser.get(f"/?%74oken={TOKEN}&a=1")
        assert (answer.status_code, answer.headers["location"]) == (303, "./?a=1")


@pytest.mark.parametrize(
    "path",
    [
        "//evil.test",
        "//evil.test/",
        "/\\evil.test",
        "/%2F%2Fevil.test",
        "/%5C%5Cevil.test",
        "/https:evil.test",
        "/https:%2F%2Fevil.test",
        "/a//evil.test",
        "/.//evil.test",
        "/..%2f..%2f%2fevil.test",
        "/javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1",
        "/;@evil.test",
    ],
)
async def test_the_redirect_cannot_leave_this_site(path: str) -> None:
    async with client(make_app()) as browser:
        request = browser.build_request("GET", "/")
        request.url = httpx.URL("http://desk.test").copy_with(
            raw_path=f"{path}?token={TOKEN}&next=https://evil.test".encode()
        )
        answer = await browser.send(request)
        assert answer.status_code == 303
        location = answer.headers["location"]
        target = urlsplit(urljoin(f"http://desk.test{path}", location))
        assert location.startswith("./")
        assert (target.scheme, target.netloc) == ("http", "desk.test")
        assert "\\" not in location
        assert "x" not in answer.cookies


async def test_a_cookie_outlives_the_daemon_and_dies_with_its_token() -> None:
    async with client(make_app()) as browser:
        await browser.get(f"/?token={TOKEN}")
        kept = browser.cookies
    async with client(make_app(), cookies=kept) as browser:
        assert (await browser.get("/api/session")).status_code == 200
    async with client(make_app(token="a-new-token-1234"), cookies=kept) as browser:
        assert (await browser.get("/api/session")).status_code == 401


async def test_two_desktops_on_one_host_keep_their_cookies() -> None:
    first, second = make_app(), make_app(token="of-the-second-1234")
    async with client(first) as browser:
        await browser.get(f"/?token={TOKEN}")
        kept = browser.cookies
    async with client(second, cookies=kept) as browser:
        await browser.get("/?token=of-the-second-1234")
        kept = browser.cookies
    for app in (first, second):
        async with client(app, cookies=kept) as browser:
            assert (await browser.get("/api/session")).status_code == 200


async def test_an_old_link_does_no_harm_to_a_valid_cookie() -> None:
    async with client(make_app()) as browser:
        await browser.get(f"/?token={TOKEN}")
        for _ in range(20):
            answer = await browser.get("/?token=old")
            assert (answer.status_code, answer.headers["location"]) == (303, "./")
        assert (await browser.get("/api/session")).status_code == 200


async def test_a_link_for_control_lifts_a_view_cookie() -> None:
    async with client(make_app()) as browser:
        await browser.get(f"/?token={VIEW_TOKEN}")
        assert (await browser.get("/api/session")).json()["role"] == "view"
        await browser.get(f"/?token={TOKEN}")
        assert (await browser.get("/api/session")).json()["role"] == "control"
