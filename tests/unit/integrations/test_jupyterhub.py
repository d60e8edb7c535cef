"""What the desktop asks of a hub and makes of its answers; settings by the hub's variables."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from desktopd import config
from desktopd.http.problems import Problem
from desktopd.integrations.jupyterhub import Hub, HubAccess, connect

VARIABLES = {
    "JUPYTERHUB_API_URL": "http://127.0.0.1:8081/lab/hub/api",
    "JUPYTERHUB_API_TOKEN": "0123456789abcdef",
    "JUPYTERHUB_ACTIVITY_URL": "http://127.0.0.1:8081/lab/hub/api/users/ada/activity",
    "JUPYTERHUB_BASE_URL": "/lab/",
    "JUPYTERHUB_CLIENT_ID": "jupyterhub-user-ada",
    "JUPYTERHUB_OAUTH_ACCESS_SCOPES": json.dumps(
        ["access:servers!server=ada/", "access:servers!user=ada"]
    ),
    "JUPYTERHUB_OAUTH_CALLBACK_URL": "/lab/user/ada/oauth_callback",
    "JUPYTERHUB_SERVER_NAME": "",
    "JUPYTERHUB_SERVICE_PREFIX": "/lab/user/ada/",
    "JUPYTERHUB_SERVICE_URL": "http://0.0.0.0:41234/lab/user/ada/",
}
USERS = {
    "token-of-ada": {"kind": "user", "name": "ada", "scopes": ["access:servers!user=ada"]},
    "token-of-bob": {"kind": "user", "name": "bob", "scopes": ["access:servers!user=bob"]},
}


class Api(ThreadingHTTPServer):
    """The part of a hub's API that servers use."""

    asked: list[str]
    told: list[dict[str, Any]]


class Answers(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        token = self.headers["Authorization"].removeprefix("token ")
        self.server.asked.append(token)
        user = USERS.get(token)
        body = json.dumps(user or {"status": 403}).encode()
        self.send_response(200 if user else 403)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/activity"):
            self.server.told.append(json.loads(body))
            self.send_response(200)
        else:
            self.send_response(400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the output of the tests clean."""


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api(("127.0.0.1", 0), Answers)
    server.asked, server.told = [], []
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def variables(port: int, **more: str) -> dict[str, str]:
    moved = {k: v.replace(":8081", f":{port}") for k, v in VARIABLES.items()}
    return moved | {f"JUPYTERHUB_{k}": v for k, v in more.items()}


async def test_the_hub_is_asked_once_for_each_session_of_a_token(api: Api) -> None:
    now = [1000.0]
    access = HubAccess(Hub.of(variables(api.server_port)), lambda: now[0])
    for _ in range(3):
        assert await access.admits("token-of-ada", "s1") is True
        assert await access.admits("token-of-bob", "s2") is False
        assert await access.admits("token-of-eve", "") is None
    assert api.asked == ["token-of-ada", "token-of-bob", "token-of-eve"]
    assert await access.admits("token-of-ada", "after the logout") is True
    now[0] += 301
    assert await access.admits("token-of-ada", "s1") is True
    assert api.asked[3:] == ["token-of-ada", "token-of-ada"]


async def test_a_hub_that_is_away_lets_nobody_in(api: Api) -> None:
    access = connect(variables(1))
    with pytest.raises(Problem) as failed:
        await access.admits("token-of-ada", "")
    assert failed.value.status_code == 503
    refusing = connect(variables(api.server_port))
    with pytest.raises(Problem) as refused:
        await refusing.exchange("a code", "a verifier")
    assert refused.value.status_code == 403


async def test_only_new_input_is_reported(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    hub = Hub.of(variables(api.server_port, ACTIVITY_INTERVAL="1", SERVER_NAME="gpu"))
    now = [1000.0]
    access = HubAccess(hub, lambda: now[0])
    last: list[float | None] = [None]
    running = asyncio.create_task(access.run(lambda: last[0]))

    async def reports(number: int) -> None:
        async with asyncio.timeout(10):
            while len(api.told) < number:
                await asyncio.sleep(0.02)

    await reports(1)
    now[0], last[0] = 1001.0, 1000.9
    await reports(2)
    running.cancel()
    assert "not reported" not in caplog.text
    first, second = (told["servers"]["gpu"]["last_activity"] for told in api.told)
    assert first < second
    assert api.told[1]["last_activity"] == second


async def test_the_login_is_at_the_hub() -> None:
    access = connect(VARIABLES)
    url = access.login_url("st", "ch")
    assert url.startswith("/lab/hub/api/oauth2/authorize?response_type=code&")
    for part in ("state=st", "code_challenge=ch", "code_challenge_method=S256"):
        assert part in url
    elsewhere = connect(VARIABLES | {"JUPYTERHUB_HOST": "https://hub.test"})
    assert elsewhere.login_url("st", "ch").startswith("https://hub.test/lab/hub/api/")


@pytest.mark.parametrize(
    ("held", "enters"),
    [
        ({"access:servers!server=ada/"}, True),
        ({"access:servers!user=ada"}, True),
        ({"access:servers"}, True),
        ({"access:servers!server=ada/gpu"}, False),
        ({"access:servers!user=bob", "admin:users", "read:servers!user=ada"}, False),
        (set(), False),
    ],
)
def test_a_scope_lets_in(held: set[str], *, enters: bool) -> None:
    assert Hub.of(VARIABLES).lets_in(frozenset(held)) is enters


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_TOKEN", ""),
        ("CLIENT_ID", ""),
        ("OAUTH_ACCESS_SCOPES", ""),
        ("OAUTH_ACCESS_SCOPES", "[]"),
        ("OAUTH_ACCESS_SCOPES", "{}"),
        ("ACTIVITY_INTERVAL", "often"),
        ("ACTIVITY_INTERVAL", "0"),
    ],
)
def test_a_variable_that_is_wrong_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"JUPYTERHUB_{name}"):
        Hub.of(VARIABLES | {f"JUPYTERHUB_{name}": value})


def load(monkeypatch: pytest.MonkeyPatch, *argv: str, **more: str) -> config.Loaded:
    for name, value in (VARIABLES | {"DESKTOPD_PORT": "8888"} | more).items():
        monkeypatch.setenv(name, value)
    return config.load(["--auth", "jupyterhub", *argv])


def test_the_hub_tells_where_to_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, "--app", "xterm").settings
    assert (settings.host, settings.port) == ("0.0.0.0", 41234)
    assert settings.base_url == "/lab/user/ada/"
    assert load(monkeypatch, "--host", "127.0.0.1").settings.host == "127.0.0.1"


def test_a_port_that_another_user_had_is_another_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = load(monkeypatch).runtime_dir
    moved = {"JUPYTERHUB_SERVICE_URL": "http://0.0.0.0:49999/lab/user/ada/"}
    assert load(monkeypatch, **moved).runtime_dir == ada
    bob = {"JUPYTERHUB_SERVICE_PREFIX": "/lab/user/bob/"}
    assert load(monkeypatch, **bob).runtime_dir != ada


def test_the_application_does_not_see_the_hubs_token(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load(monkeypatch, JPY_API_TOKEN="0123456789abcdef")
    assert "0123456789abcdef" not in loaded.environment.values()
    assert loaded.hub["JUPYTERHUB_API_TOKEN"] == "0123456789abcdef"


@pytest.mark.parametrize("url", ["", "https://127.0.0.1:8000/", "http://h:port/", "unix:/tmp/s"])
def test_an_address_that_cannot_be_served_is_an_error(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(config.ConfigError, match="JUPYTERHUB_SERVICE_URL"):
        load(monkeypatch, JUPYTERHUB_SERVICE_URL=url)
