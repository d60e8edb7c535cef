"""Who may change something: roles, Origin, the custom header."""

import pytest

from tests.unit.http.desktop import (
    BEARER,
    TOKEN,
    VIEW_BEARER,
    VIEW_TOKEN,
    Desk,
    client,
    make_app,
    serving,
    ws_status,
)

WRITES = [
    ("PUT", "/api/display", b'{"width":800,"height":600}'),
    ("PUT", "/api/clipboard", b"text"),
    ("POST", "/api/app/restart", b""),
]
OWN = {"Origin": "http://desk.test", "X-Desktopd": "1"}


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
class TestWrites:
    async def test_control_may(self, method: str, path: str, body: bytes) -> None:
        async with client(make_app()) as script:
            answer = await script.request(method, path, content=body, headers=BEARER)
            assert answer.status_code in (200, 204)

    async def test_a_viewer_may_not(self, method: str, path: str, body: bytes) -> None:
        desk = Desk()
        async with client(make_app(desk)) as viewer:
            answer = await viewer.request(method, path, content=body, headers=VIEW_BEARER)
            assert answer.status_code == 403
            assert answer.json()["error"] == "this token may only watch"
            await viewer.get(f"/?token={VIEW_TOKEN}")
            answer = await viewer.request(method, path, content=body, headers=OWN)
            assert answer.status_code == 403
        assert desk == Desk()

    @pytest.mark.parametrize(
        ("headers", "allowed"),
        [
            (OWN, True),
            ({"Origin": "http://desk.test"}, False),
            ({"Origin": "http://desk.test", "X-Desktopd": "0"}, False),
            ({"X-Desktopd": "1"}, False),
            (OWN | {"Origin": "null"}, False),
            (OWN | {"Origin": "http://evil.test"}, False),
            (OWN | {"Origin": "http://desk.test.evil.test"}, False),
            (OWN | {"Origin": "http://desk.test:8080"}, False),
            (OWN | {"Origin": "https://desk.test"}, True),
        ],
    )
    async def test_a_cookie_needs_our_own_page(
        self, method: str, path: str, body: bytes, headers: dict[str, str], allowed: bool
    ) -> None:
        desk = Desk()
        async with client(make_app(desk)) as browser:
            await browser.get(f"/?token={TOKEN}")
            answer = await browser.request(method, path, content=body, headers=headers)
        assert (answer.status_code in (200, 204)) is allowed, answer.text
        assert (desk != Desk()) is allowed

    async def test_a_foreign_page_may_not_even_with_a_token(
        self, method: str, path: str, body: bytes
    ) -> None:
        async with client(make_app()) as page:
            headers = BEARER | {"Origin": "http://evil.test"}
            answer = await page.request(method, path, content=body, headers=headers)
            assert answer.status_code == 403

    async def test_without_auth_a_foreign_page_still_may_not(
        self, method: str, path: str, body: bytes
    ) -> None:
        desk = Desk()
        async with client(make_app(desk, auth="none", token=None, view_token=None)) as page:
            for headers in ({}, {"Origin": "http://evil.test"}, OWN | {"Origin": "null"}):
                answer = await page.request(method, path, content=body, headers=headers)
                assert answer.status_code == 403, headers
            assert desk == Desk()
            for headers in (OWN, {"X-Desktopd": "1"}):
                answer = await page.request(method, path, content=body, headers=headers)
                assert answer.status_code in (200, 204), headers


@pytest.mark.parametrize(
    ("origin", "cookie", "bearer", "query"),
    [
        (None, 403, 101, 101),
        ("OWN", 101, 101, 101),
        ("null", 403, 403, 403),
        ("http://evil.test", 403, 403, 403),
        ("OWN.evil.test", 403, 403, 403),
        ("http://127.0.0.1:1", 403, 403, 403),
        ("http://localhost", 403, 403, 403),
        ("HTTPS", 101, 101, 101),
    ],
)
async def test_origins_of_a_websocket(
    origin: str | None, cookie: int, bearer: int, query: int
) -> None:
    app = make_app()
    async with client(app) as browser:
        await browser.get(f"/?token={TOKEN}")
        ((name, value),) = browser.cookies.items()
    async with serving(app) as server:
        own = server.addresses[0]
        if origin is not None:
            origin = origin.replace("OWN", own).replace("HTTPS", own.replace("http", "https"))
        address = own.replace("http", "ws") + "/api/events"
        headers = {"Cookie": f"{name}={value}"}
        assert await ws_status(address, origin=origin, additional_headers=headers) == cookie
        assert await ws_status(address, origin=origin, additional_headers=BEARER) == bearer
        assert await ws_status(f"{address}?token={TOKEN}", origin=origin) == query


async def test_without_auth_the_origin_still_counts_for_a_websocket() -> None:
    async with serving(make_app(auth="none", token=None, view_token=None)) as server:
        own = server.addresses[0]
        address = own.replace("http", "ws") + "/api/events"
        assert await ws_status(address) == 101
        assert await ws_status(address, origin=own) == 101
        assert await ws_status(address, origin="http://evil.test") == 403


async def test_a_listed_origin_may_connect() -> None:
    app = make_app(allow_origin=("https://lms.example.org",))
    async with serving(app) as server:
        address = server.addresses[0].replace("http", "ws") + f"/api/events?token={TOKEN}"
        assert await ws_status(address, origin="https://lms.example.org") == 101
        assert await ws_status(address, origin="http://lms.example.org") == 403


async def test_only_listed_hosts_are_served() -> None:
    app = make_app(allowed_hosts=("desk.test",))
    async with client(app) as ours, client(app, url="http://rebound.test") as rebound:
        assert (await ours.get("/api/session", headers=BEARER)).status_code == 200
        assert (await rebound.get("/api/session", headers=BEARER)).status_code == 421
        # A probe asks by address.
        assert (await rebound.get("/healthz")).status_code == 200
