"""No token in any log, page or header."""

import logging
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from desktopd.http.serving.scrub import Scrub
from tests.unit.http.desktop import HTML, Desk, make_app, serving, ws_answer, ws_status

CANARY = "canary-7f3a9c-control"
VIEW_CANARY = "canary-51d0e8-view"
CLIENTS = ("httpx", "httpcore", "websockets.client")


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the server's side has logged, with its tracebacks."""
    formatter = logging.Formatter("%(name)s %(levelname)s %(message)s")
    return [formatter.format(r) for r in caplog.records if not r.name.startswith(CLIENTS)]


async def broken(request: Request) -> Response:
    raise RuntimeError(f"cannot open {request.scope['query_string']!r}")


async def broken_websocket(websocket: WebSocket) -> None:
    raise RuntimeError(f"cannot open {websocket.scope['query_string']!r}")


async def ask_everything(own: str, token: str) -> list[tuple[str, str]]:
    """Headers and bodies of all answers to a token, sent in every way."""
    quoted = quote(token)
    bearer = [(b"authorization", b"Bearer " + token.encode())]
    form = {"token": token, "next": f"vnc.html?path=ws%3Ftoken%3D{quoted}"}
    async with httpx.AsyncClient(base_url=own) as browser:
        answers = [
            await browser.get(f"{path}?token={quoted}", headers=headers)
            for path in ("/", "/nowhere", "/api/session", "/broken", "/login", "/healthz")
            for headers in ({}, HTML)
        ]
        answers += [
            await browser.get(f"{path}?x=token%3D{quoted}", headers=bearer)  # type: ignore[arg-type]
            for path in ("/", "/api/session", "/nowhere", "/broken")
        ]
        answers += [
            await browser.post("/login", data=fields, headers=HTML)
            for fields in (form, form | {"token": "x"})
        ]
    websockets = [
        await ws_answer(f"{own.replace('http', 'ws')}{path}?token={quoted}", origin=origin)
        for path in ("/ws", "/api/events", "/nowhere", "/broken")
        for origin in (None, own, "http://evil.test")
    ]
    return [(str(a.headers), a.text) for a in answers] + [
        (str(w.headers), str(w.body)) for w in websockets
    ]


@pytest.mark.parametrize("access_log", [True, False])
@pytest.mark.parametrize("token", [CANARY, VIEW_CANARY, CANARY + "-wrong", f"{CANARY}\xfc\u2603"])
async def test_a_token_is_nowhere(
    folder: Path, caplog: pytest.LogCaptureFixture, access_log: bool, token: str
) -> None:
    caplog.set_level(logging.DEBUG)
    (folder / "index.html").write_text("the client")
    app = make_app(Desk(), token=CANARY, view_token=VIEW_CANARY, static=folder)
    app.routes.insert(0, Route("/broken", broken))
    app.routes.insert(0, WebSocketRoute("/broken", broken_websocket))
    async with serving(app, access_log=access_log) as server:
        answers = await ask_everything(server.addresses[0], token)
    assert not [answer for answer in answers if "canary" in "".join(answer)]
    lines = logged(caplog)
    assert not [line for line in lines if "canary" in line]
    if token in (CANARY, VIEW_CANARY):
        assert [line for line in lines if "RuntimeError: cannot open" in line]
    assert bool([line for line in lines if "uvicorn.access" in line]) is access_log


@pytest.mark.parametrize(
    ("line", "scrubbed"),
    [
        ('GET /ws?token=abc HTTP/1.1" 101', 'GET /ws?token=… HTTP/1.1" 101'),
        ("/?a=1&token=abc&b=2", "/?a=1&token=…&b=2"),
        ("/?path=ws%3Ftoken%3Dabc%26x&b=2", "/?path=ws%3Ftoken%3D…&b=2"),
        ("TOKEN=abc", "TOKEN=…"),
        ("view_token=abc def", "view_token=… def"),
        ("< Authorization: Bearer abc", "< Authorization: Bearer …"),
        ("(b'authorization', b'bearer abc')", "(b'authorization', b'bearer …')"),
        ("the token is wrong", "the token is wrong"),
    ],
)
def test_what_is_scrubbed(line: str, scrubbed: str) -> None:
    record = logging.LogRecord("uvicorn.error", logging.INFO, "", 0, "%s", (line,), None)
    assert Scrub().filter(record)
    assert record.getMessage() == scrubbed


def test_tracebacks_are_scrubbed() -> None:
    try:
        raise ValueError("bad /?token=abc")
    except ValueError as error:
        exc_info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("asyncio", logging.ERROR, "", 0, "failed", (), exc_info)
    Scrub().filter(record)
    text = logging.Formatter().format(record)
    assert "ValueError: bad /?token=…" in text
    assert "abc" not in text


async def test_the_filter_ends_with_the_server() -> None:
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "asyncio")]
    before = [list(logger.filters) for logger in loggers]
    async with serving(make_app()) as server:
        async with httpx.AsyncClient() as browser:
            await browser.get(server.addresses[0] + "/healthz")
        assert all(isinstance(logger.filters[-1], Scrub) for logger in loggers)
    assert [list(logger.filters) for logger in loggers] == before


async def test_a_refused_websocket_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(make_app()) as server:
        assert await ws_status(server.addresses[0].replace("http", "ws") + "/ws") == 403
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]
