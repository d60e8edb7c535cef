"""Security headers."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.unit.http.desktop import BEARER, HTML, client, make_app, serving


async def broken(request: Request) -> Response:
    raise RuntimeError("a bug")


def policy(header: str) -> dict[str, str]:
    return {name: value for name, _, value in (p.partition(" ") for p in header.split("; "))}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 401),
        ("/", HTML, 401),
        ("/", BEARER, 200),
        ("/assets/a-12345678.js", BEARER, 200),
        ("/nowhere", BEARER, 404),
        ("/nowhere", BEARER | HTML, 404),
        ("/api/session", BEARER, 200),
        ("/api/display", BEARER, 405),
        ("/broken", BEARER, 500),
        ("/broken", BEARER | HTML, 500),
        ("/healthz", {}, 200),
        ("/login", {}, 200),
        ("/metrics", BEARER, 200),
    ],
)
async def test_every_response_has_them(
    tmp_path: Path, path: str, headers: dict[str, str], status: int
) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("the client")
    (tmp_path / "assets" / "a-12345678.js").write_text("")
    app = make_app(static=tmp_path)
    app.routes.insert(0, Route("/broken", broken))
    async with client(app, headers=headers) as browser:
        answer = await browser.get(path)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "x-frame-options" not in answer.headers
    lasting = status == 200 and (path == "/" or path.startswith("/assets/"))
    assert ("no-store" in answer.headers["cache-control"]) is not lasting
    rules = policy(answer.headers["content-security-policy"])
    assert rules["default-src"] == "'self'"
    # A decoder of H.264 in WebAssembly, for addresses where the browser lends none.
    assert rules["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert rules["frame-ancestors"] == "'self'"
    assert rules["object-src"] == rules["base-uri"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert rules["connect-src"] == "'self' ws: wss:"
    assert rules["img-src"] == "'self' data: blob:"
    assert "'unsafe" not in answer.headers["content-security-policy"]


async def test_a_refused_websocket_has_them() -> None:
    async with serving(make_app()) as server:
        address = server.addresses[0].replace("http", "ws")
        with pytest.raises(InvalidStatus) as refusal:
            await connect(f"{address}/ws")
    headers = refusal.value.response.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


async def test_the_style_of_our_own_pages_is_allowed() -> None:
    async with client(make_app()) as browser:
        answer = await browser.get("/", headers=HTML)
    style = re.search("<style>(.*)</style>", answer.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    rules = policy(answer.headers["content-security-policy"])
    assert rules["style-src"] == f"'self' 'sha256-{digest}'"
    assert "style=" not in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ((), "'none'"),
        (("none",), "'none'"),
        (("self", "https://lms.example.org"), "'self' https://lms.example.org"),
        (("https://*.example.org:8443",), "https://*.example.org:8443"),
        (("*",), "*"),
        (("https:",), "https:"),
    ],
)
async def test_frame_ancestors(sources: tuple[str, ...], expected: str) -> None:
    async with client(make_app(frame_ancestors=sources)) as browser:
        answer = await browser.get("/login")
    assert policy(answer.headers["content-security-policy"])["frame-ancestors"] == expected


async def test_who_comes_by_https_is_told_to_come_by_that_alone_if_asked_for() -> None:
    proxied = {**BEARER, "X-Forwarded-Proto": "https"}

    async def told(seconds: int, headers: dict[str, str]) -> str | None:
        app = make_app(hsts=seconds, trusted_proxies=("192.0.2.7",))
        async with client(app, headers=headers) as browser:
            answer = await browser.get("/api/session")
            return answer.headers.get("strict-transport-security")

    assert await told(0, proxied) is None
    assert await told(31536000, BEARER) is None
    assert await told(31536000, proxied) == "max-age=31536000"
