"""Forwarded headers, for HTTP and WebSocket alike."""

from typing import Any

import pytest
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from desktopd.http.serving.proxy import (
    MOST_PROXIES,
    ForwardedMiddleware,
    client_address,
    is_https,
)
from tests.unit.http.desktop import TOKEN, client, make_app, serving, ws_status

TRUSTED = ("10.0.0.0/8", "192.0.2.9", "2001:db8::/32", "unix")


async def show(scope: Scope, receive: Receive, send: Send) -> None:
    """Tells, to either kind of client, how it sees the request."""
    host = HTTPConnection(scope).headers["host"]
    seen = JSONResponse([client_address(scope), is_https(scope), host])
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": bytes(seen.body).decode()})
        await send({"type": "websocket.close"})
    else:
        await seen(scope, receive, send)


@pytest.mark.parametrize(
    ("peer", "headers", "seen"),
    [
        ("192.0.2.1", {}, ["192.0.2.1", False, "desk.test"]),
        # Not a proxy of ours: nothing of it counts.
        (
            "192.0.2.1",
            {"For": "203.0.113.5", "Proto": "https", "Host": "evil.test"},
            ["192.0.2.1", False, "desk.test"],
        ),
        ("192.0.2.9", {"For": "203.0.113.5"}, ["203.0.113.5", False, "desk.test"]),
        ("10.1.2.3", {"For": "203.0.113.5:1234"}, ["203.0.113.5", False, "desk.test"]),
        ("::ffff:10.1.2.3", {"For": "203.0.113.5"}, ["203.0.113.5", False, "desk.test"]),
        ("2001:db8::7", {"For": "[2001:4860::1]:99"}, ["2001:4860::1", False, "desk.test"]),
        (
            "2001:db8::7",
            {"For": "fe80::1%eth0, all is well"},
            ["2001:db8::7", False, "desk.test"],
        ),
        ("2001:db8::7", {"For": "fe80::1%all is well"}, ["fe80::1", False, "desk.test"]),
        # The first from the right that is not ours: what is left of it can be made up.
        (
            "10.1.2.3",
            {"For": "1.1.1.1, 203.0.113.5, 10.9.9.9"},
            ["203.0.113.5", False, "desk.test"],
        ),
        ("10.1.2.3", {"For": "10.0.0.1, 10.9.9.9"}, ["10.0.0.1", False, "desk.test"]),
        ("10.1.2.3", {"For": "1.1.1.1, nonsense"}, ["10.1.2.3", False, "desk.test"]),
        ("10.1.2.3", {"For": ""}, ["10.1.2.3", False, "desk.test"]),
        ("10.1.2.3", {"Proto": "https"}, ["10.1.2.3", True, "desk.test"]),
        ("10.1.2.3", {"Proto": "HTTPS"}, ["10.1.2.3", True, "desk.test"]),
        ("10.1.2.3", {"Proto": "https, http"}, ["10.1.2.3", False, "desk.test"]),
        ("10.1.2.3", {"Proto": "gopher"}, ["10.1.2.3", False, "desk.test"]),
        ("10.1.2.3", {"Host": "lab.example.org:8443"}, ["10.1.2.3", False, "lab.example.org:8443"]),
        ("10.1.2.3", {"Host": "a/b"}, ["10.1.2.3", False, "desk.test"]),
    ],
)
async def test_what_counts(peer: str, headers: dict[str, str], seen: list[Any]) -> None:
    forwarded = {f"X-Forwarded-{name}": value for name, value in headers.items()}
    async with client(ForwardedMiddleware(show, TRUSTED), peer) as browser:
        assert (await browser.get("/", headers=forwarded)).json() == seen


async def test_only_the_last_ones_of_many_are_looked_at() -> None:
    """A long list took a tenth of a second of everybody's time."""
    proxies = [f"10.0.{number // 256}.{number % 256}" for number in range(1000)]
    forwarded = {"X-Forwarded-For": ", ".join(proxies)}
    async with client(ForwardedMiddleware(show, TRUSTED), "10.1.2.3") as browser:
        assert (await browser.get("/", headers=forwarded)).json()[0] == proxies[-MOST_PROXIES]


async def test_several_headers_are_one_list() -> None:
    headers = [("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "203.0.113.5")]
    async with client(ForwardedMiddleware(show, TRUSTED), "10.1.2.3") as browser:
        assert (await browser.get("/", headers=headers)).json()[0] == "203.0.113.5"


@pytest.mark.parametrize(
    ("trusted", "seen"),
    [
        (("127.0.0.1",), '["203.0.113.5",true,"lab.test"]'),
        (("*",), '["203.0.113.5",true,"lab.test"]'),
        (("10.0.0.1",), None),
        ((), None),
    ],
)
async def test_websockets_are_forwarded_too(trusted: tuple[str, ...], seen: str | None) -> None:
    headers = {
        "X-Forwarded-For": "203.0.113.5",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "lab.test",
    }
    async with serving(ForwardedMiddleware(show, trusted)) as server:
        own = server.addresses[0].removeprefix("http://")
        async with connect(f"ws://{own}/", additional_headers=headers) as websocket:
            assert await websocket.recv() == (seen or f'["127.0.0.1",false,"{own}"]')


async def test_our_own_origin_is_the_one_that_the_proxy_serves() -> None:
    app = make_app(trusted_proxies=("127.0.0.1",))
    https = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "lab.test"}
    async with serving(app) as server:
        address = server.addresses[0].replace("http", "ws") + f"/api/events?token={TOKEN}"
        for origin, status in (
            ("https://lab.test", 101),
            ("http://lab.test", 403),
            (server.addresses[0], 403),
        ):
            assert await ws_status(address, origin=origin, additional_headers=https) == status


async def test_the_lockout_counts_the_users_of_a_proxy_one_by_one() -> None:
    app = make_app(trusted_proxies=("10.0.0.1",))
    async with client(app, "10.0.0.1") as proxy:
        for _ in range(6):
            answer = await proxy.get("/?token=x", headers={"X-Forwarded-For": "203.0.113.5"})
        assert answer.status_code == 429
        answer = await proxy.get("/?token=x", headers={"X-Forwarded-For": "203.0.113.6"})
        assert answer.status_code == 401


async def test_the_lockout_cannot_be_evaded_with_forged_headers() -> None:
    async with client(make_app(trusted_proxies=("10.0.0.1",))) as guesser:
        for n in range(6):
            answer = await guesser.get("/?token=x", headers={"X-Forwarded-For": f"203.0.113.{n}"})
        assert answer.status_code == 429


async def test_the_lockout_cannot_be_evaded_by_what_a_trusted_peer_forwards() -> None:
    """Another user of this machine, say, where 127.0.0.1 is trusted."""
    async with client(make_app(trusted_proxies=("10.0.0.1",)), "10.0.0.1") as proxy:
        for n in range(101):
            answer = await proxy.get("/?token=x", headers={"X-Forwarded-For": f"203.0.{n}.1"})
        assert answer.status_code == 429
        answer = await proxy.get(f"/?token={TOKEN}", headers={"X-Forwarded-For": "203.0.113.7"})
        assert answer.status_code == 303


async def test_behind_any_proxy_the_next_one_says_who_it_is() -> None:
    async with client(ForwardedMiddleware(show, ("*",)), "10.1.2.3") as browser:
        headers = {"X-Forwarded-For": "192.0.2.77, 203.0.113.5"}
        assert (await browser.get("/", headers=headers)).json()[0] == "203.0.113.5"


async def test_the_cookie_is_secure_when_the_proxy_says_https() -> None:
    async with client(make_app(trusted_proxies=("10.0.0.1",)), "10.0.0.1") as proxy:
        answer = await proxy.get(f"/?token={TOKEN}", headers={"X-Forwarded-Proto": "https"})
        assert "; Secure;" in answer.headers["set-cookie"]


@pytest.mark.parametrize("entry", ["", "example.org", "10.0.0.1/8", "1.2.3", "10.0.0.0/99"])
def test_a_bad_entry_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="trusted_proxies="):
        make_app(trusted_proxies=(entry,))


@pytest.mark.parametrize(
    ("host", "status"), [("127.0.0.1:8888", 200), ("lab.test", 200), ("evil.test:8888", 421)]
)
async def test_a_page_of_another_name_cannot_say_that_it_is_forwarded(
    host: str, status: int
) -> None:
    """As one whose name was made to lead here (DNS rebinding), which comes from the loopback."""
    app = make_app(auth="none", allowed_hosts=("lab.test",), trusted_proxies=("127.0.0.1",))
    async with client(app, "127.0.0.1") as page:
        said = {"Host": host, "X-Forwarded-Host": "lab.test"}
        assert (await page.get("/api/session", headers=said)).status_code == status
        said["X-Forwarded-Host"] = "other.test"
        assert (await page.get("/api/session", headers=said)).status_code == 421
