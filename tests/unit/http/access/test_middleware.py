"""Default deny, the exchange of a token for a cookie, roles, CSRF."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from desktopd.http.access import middleware
from desktopd.http.access.middleware import PUBLIC_FOLDER
from desktopd.http.app import PUBLIC
from tests.unit.http.desktop import HTML, TOKEN, VIEW_TOKEN, client, make_app, serving, ws_status

WRONG = [
    b"",
    b"%20",
    b"None",
    TOKEN[:-1].encode(),
    TOKEN.encode() + b"x",
    TOKEN.swapcase().encode(),
    b"%C3%BC",
    b"%FF%FE",
    b"%00",
    quote("☃" * 40).encode(),
]


def http_routes(app: Starlette) -> Iterator[tuple[str, str]]:
    for route in app.routes:
        if isinstance(route, Route):
            path = route.path.replace("{path:path}", "a.js").replace("{name}", "a.txt")
            yield from ((method, path) for method in sorted(route.methods or ()))


async def late(request: Request) -> Response:
    return PlainTextResponse("secret")


async def late_websocket(websocket: WebSocket) -> None:
    await websocket.accept()


async def test_a_stranger_gets_nothing_from_any_route() -> None:
    app = make_app()
    app.routes.insert(0, Route("/added/later", late, methods=["GET", "POST", "DELETE"]))
    routes = list(http_routes(app))
    assert len(routes) > 20
    async with client(app) as stranger:
        for method, path in routes:
            if path in PUBLIC or path.startswith(PUBLIC_FOLDER):
                continue
            response = await stranger.request(method, path)
            assert response.status_code in (401, 403), (method, path)
            assert "secret" not in response.text
        for path in (
            "/nowhere",
            "/api/",
            "/healthz/",
            "//healthz",
            "/HEALTHZ",
            "/api/%2e%2e/healthz",
        ):
            assert (await stranger.get(path)).status_code == 401, path


async def test_the_public_paths_are_these() -> None:
    assert set(PUBLIC) == {"/healthz", "/readyz", "/login", "/favicon.ico", "/embed.js"}
    assert PUBLIC_FOLDER == "/assets/"
    async with client(make_app()) as stranger:
        for path in PUBLIC:
            wanted = {200, 404} if path in ("/favicon.ico", "/embed.js") else {200}
            assert (await stranger.get(path)).status_code in wanted, path


async def test_a_stranger_gets_no_websocket() -> None:
    app = make_app()
    app.routes.insert(0, WebSocketRoute("/added/later", late_websocket))
    paths = [route.path for route in app.routes if isinstance(route, WebSocketRoute)]
    assert {"/websockify", "/ws", "/ws/", "/api/events"} < set(paths)
    async with serving(app) as server:
        own = server.addresses[0]
        for path in [*paths, "/healthz", "/readyz", "/login", "/favicon.ico", "/nowhere"]:
            address = own.replace("http", "ws") + path
            assert await ws_status(address) == 403, path
            assert await ws_status(address, origin=own) == 403, path


async def test_methods_that_nobody_has_asked_for() -> None:
    async with client(make_app()) as stranger:
        for method in ("OPTIONS", "TRACE", "PROPFIND", "get"):
            assert (await stranger.request(method, "/api/session")).status_code == 401


@pytest.mark.parametrize(("token", "role"), [(TOKEN, "control"), (VIEW_TOKEN, "view")])
async def test_a_bearer_token_opens_its_role(token: str, role: str) -> None:
    async with client(make_app()) as script:
        for scheme in ("Bearer", "bearer", "BEARER "):
            answer = await script.get(
                "/api/session", headers={"Authorization": f"{scheme} {token}"}
            )
            assert answer.json()["role"] == role


@pytest.mark.parametrize("token", WRONG)
async def test_a_wrong_token_is_refused(token: bytes) -> None:
    async with client(make_app()) as stranger:
        page = await stranger.get("/?token=" + token.decode(), headers=HTML)
        assert page.status_code == 401
        assert "set-cookie" not in page.headers
        raw = token if b"%" not in token else bytes.fromhex("c3bcff")
        header = {b"authorization": b"Bearer " + raw}
        assert (await stranger.get("/api/session", headers=header)).status_code == 401  # type: ignore[arg-type]


async def test_a_wrong_token_is_refused_for_a_websocket() -> None:
    async with serving(make_app()) as server:
        own = server.addresses[0]
        for token in WRONG[:4]:
            address = f"{own.replace('http', 'ws')}/api/events?token={token.decode()}"
            assert await ws_status(address) == 403


@pytest.mark.parametrize("other", ["Basic dXNlcjpwYXNz", "Bearer of.another.proxy", "Bearer"])
async def test_a_proxys_authorization_does_not_hide_the_cookie(other: str) -> None:
    async with client(make_app()) as browser:
        await browser.get(f"/?token={TOKEN}")
        answer = await browser.get("/api/session", headers={"Authorization": other})
        assert answer.json()["role"] == "control"


@pytest.mark.parametrize("query", ["a" * 9000, "&" * 64, "open=" + "%41" * 3000])
@pytest.mark.parametrize("path", ["/", "/api/session", "/healthz", "/login", "/nowhere"])
@pytest.mark.parametrize("base", ["/", "/elsewhere/"])
async def test_a_long_query_is_taken_apart_by_nobody(
    monkeypatch: pytest.MonkeyPatch, base: str, path: str, query: str
) -> None:
    parsed: list[int] = []
    for module in (QueryParams.__init__.__module__, middleware.__name__):
        monkeypatch.setattr(f"{module}.parse_qsl", lambda text, **_: parsed.append(len(text)) or [])
    async with client(make_app(base_url=base)) as stranger:
        response = await stranger.get(f"{path}?{query}", headers={"Accept": "text/html"})
    assert response.status_code == 414
    assert "question mark" in response.text
    assert max(parsed, default=0) < 100


async def test_an_ordinary_query_is_not_too_long() -> None:
    query = "&".join(f"layer=/data/{'cells' * 20}{number}" for number in range(60))
    async with client(make_app()) as stranger:
        assert (await stranger.get(f"/healthz?{query}")).status_code == 200
