"""The login at a provider: what a browser is sent, and who gets in."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from websockets.asyncio.client import connect

from desktopd.budgets import Budget, Budgets
from desktopd.http.problems import Problem
from tests.unit.http.desktop import HTML, Desk, client, make_app, serving, ws_status
from tests.unit.turns import until

BASE = "/user/ada/"


@dataclass
class Lab:
    """A provider in memory, where everybody's code is his name."""

    cookie: str = "lab-ada"
    session_cookie: str = "lab-session"
    secure: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    remembered: set[str] = field(default_factory=set)
    verifiers: list[str] = field(default_factory=list)
    revoked: asyncio.Event = field(default_factory=asyncio.Event)

    def login_url(self, state: str, challenge: str) -> str:
        return f"https://lab.test/authorize?state={state}&challenge={challenge}"

    async def exchange(self, code: str, verifier: str) -> str:
        self.verifiers.append(verifier)
        if code == "old":
            raise Problem(403, "the hub refused the login", "once more")
        return f"token-of-{code}"

    def name(self, token: str, session: str) -> str:
        return "ada"

    async def over(self, token: str, session: str) -> None:
        await self.revoked.wait()

    def remembers(self, token: str, session: str) -> bool | None:
        return True if token in self.remembered else None

    async def admits(self, token: str, session: str, *, known: bool = False) -> bool | None:
        self.asked.append((token, session))
        return {"token-of-ada": True, "token-of-bob": False}.get(token)


class SlowLab(Lab):
    """A provider that takes as long as it is let for whom it does not know."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()

    async def admits(self, token: str, session: str, *, known: bool = False) -> bool | None:
        admitted = await super().admits(token, session)
        if admitted is None:
            await self.gate.wait()
        return admitted


def desktop(lab: Lab, **options: Any) -> Starlette:
    return make_app(base_url=BASE, provider=lab, **options)


async def begin(browser: httpx.AsyncClient, page: str = BASE) -> str:
    """Ask for a page; the state that the browser is sent to the provider with."""
    answer = await browser.get(page, headers=HTML)
    assert answer.status_code == 303
    [state] = parse_qs(urlsplit(answer.headers["location"]).query)["state"]
    return state


async def test_a_login_ends_at_the_page_that_was_wanted_with_a_cookie_of_this_desktop() -> None:
    lab = Lab()
    async with client(desktop(lab)) as browser:
        state = await begin(browser, f"{BASE}vnc.html?resize=scale&token=x")
        answer = await browser.get(f"{BASE}oauth_callback", params={"code": "ada", "state": state})
        assert (answer.status_code, answer.headers["location"]) == (303, "./vnc.html?resize=scale")
        kept, dropped = answer.headers.get_list("set-cookie")
        assert kept == f"lab-ada=token-of-ada; Path={BASE}; HttpOnly; SameSite=Lax"
        assert dropped.endswith("Max-Age=0")
        assert len(lab.verifiers[0]) >= 43, "RFC 7636 section 4.1"
        browser.cookies.set("lab-session", "s1")
        assert (await browser.get(f"{BASE}api/session")).json()["role"] == "control"
        assert lab.asked[-1] == ("token-of-ada", "s1")
        again = await browser.get(f"{BASE}oauth_callback", params={"code": "ada", "state": state})
        assert again.status_code == 403, "a state is good for one login"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"error": "access_denied", "error_description": "not <you>"}, "not &lt;you&gt;"),
        ({"code": "ada", "state": "0" * 32}, "not begun in this browser"),
        ({"code": "ada", "state": "é"}, "not begun in this browser"),
        ({"code": "ada"}, "not begun in this browser"),
    ],
)
async def test_a_login_that_was_not_begun_here_fails(query: dict[str, str], says: str) -> None:
    async with client(desktop(Lab())) as browser:
        await begin(browser)
        answer = await browser.get(f"{BASE}oauth_callback", params=query, headers=HTML)
        assert answer.status_code == 403
        assert says in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("code", ["bob", "nobody", "old"])
async def test_who_is_not_admitted_gets_no_cookie(code: str) -> None:
    async with client(desktop(Lab())) as browser:
        state = await begin(browser)
        answer = await browser.get(f"{BASE}oauth_callback", params={"code": code, "state": state})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("after", ["https://evil.test/", "//evil.test", "/hub/logout", "../bob/"])
async def test_a_login_never_ends_elsewhere(after: str) -> None:
    lab = Lab()
    async with client(desktop(lab)) as browser:
        state = await begin(browser)
        name = f"lab-ada-state-{state[:8]}"
        verifier = browser.cookies[name].split(".")[1]
        browser.cookies.clear()
        browser.cookies.set(name, f"{state}.{verifier}.{after}")
        answer = await browser.get(f"{BASE}oauth_callback", params={"code": "ada", "state": state})
        assert answer.headers["location"] == "./"


@pytest.mark.parametrize(
    ("token", "status"), [("ada", 200), ("bob", 403), ("eve", 401), ("a b", 401), ("", 401)]
)
async def test_a_bearer_token_is_the_providers(token: str, status: int) -> None:
    async with client(desktop(Lab())) as program:
        header = {"Authorization": f"Bearer token-of-{token}" if token else "Bearer"}
        answer = await program.get(f"{BASE}api/session", headers=header)
        assert answer.status_code == status
        assert status == 200 or answer.json()["remedy"]


async def test_our_own_tokens_and_their_form_mean_nothing() -> None:
    async with client(desktop(Lab(), token="Control-token-4f9c2a7d81")) as browser:
        assert (await browser.get(f"{BASE}login")).status_code == 401
        answer = await browser.get(f"{BASE}api/session?token=Control-token-4f9c2a7d81")
        assert answer.status_code == 401


async def test_a_websocket_needs_the_cookie_and_our_own_origin() -> None:
    async with serving(desktop(Lab())) as server:
        place = server.addresses[0]
        url = f"{place.replace('http', 'ws')}{BASE}api/events"
        cookie = {"Cookie": "lab-ada=token-of-ada"}
        assert await ws_status(url, additional_headers=cookie, origin=place) == 101
        assert await ws_status(url, additional_headers=cookie, origin="https://evil.test") == 403
        assert await ws_status(url, additional_headers=cookie) == 403
        assert await ws_status(url, origin=place) == 403
        assert await ws_status(f"{url}?token=token-of-ada", origin=place) == 403


async def test_cookies_are_secure_where_the_provider_knows_of_https() -> None:
    async with client(desktop(Lab(secure=True))) as browser:
        answer = await browser.get(BASE, headers=HTML)
        assert "; Secure;" in answer.headers["set-cookie"]
        assert "Max-Age=600" in answer.headers["set-cookie"]


async def test_strangers_that_the_provider_is_slow_to_know_do_not_hold_up_its_owner() -> None:
    lab = SlowLab()
    budgets = Budgets(dict.fromkeys(Budget, 8))
    share = budgets[Budget.LOOKUPS]
    app = desktop(lab, budgets=budgets)
    async with client(app, address="192.0.2.66") as stranger, client(app) as owner:

        def guess(number: int) -> asyncio.Task[httpx.Response]:
            headers = {"Authorization": f"Bearer guess-{number}"}
            return asyncio.create_task(stranger.get(f"{BASE}api/session", headers=headers))

        guesses = [guess(number) for number in range(200)]
        await until(lambda: share.taken == 8)
        headers = {"Authorization": "Bearer token-of-ada"}
        assert (await owner.get(f"{BASE}api/session", headers=headers)).status_code == 200
        lab.gate.set()
        statuses = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert (statuses.count(503), statuses.count(401)) == (1, 199)


async def test_of_many_from_one_address_whoever_was_let_in_before_is_the_first() -> None:
    """As behind a proxy whose X-Forwarded-For does not count."""
    lab = SlowLab()
    app = desktop(lab, budgets=Budgets(dict.fromkeys(Budget, 1)))
    async with client(app) as http:

        async def ask(name: str) -> None:
            headers = {"Authorization": f"Bearer token-of-{name}"}
            await http.get(f"{BASE}api/session", headers=headers)

        await ask("ada")
        names = ["guess-1", "guess-2", "guess-3", "ada"]
        asking = []
        for name in names:
            asking.append(asyncio.create_task(ask(name)))
            await asyncio.sleep(0.01)
        lab.gate.set()
        await asyncio.gather(*asking)
    asked = [token.removeprefix("token-of-") for token, _ in lab.asked]
    assert asked == ["ada", "guess-1", "ada", "guess-2", "guess-3"]


@pytest.mark.parametrize("path", ["api/events", "websockify"])
async def test_what_is_open_ends_when_the_provider_lets_its_user_in_no_more(
    path: str, folder: Path
) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    lab, cookie = Lab(), {"Authorization": "Bearer token-of-ada"}
    silent = await asyncio.start_unix_server(say_nothing, folder / "rfb")
    desk = Desk(rfb_target=folder / "rfb")
    async with silent, serving(make_app(desk, base_url=BASE, provider=lab)) as server:
        address = server.addresses[0].replace("http", "ws") + BASE + path
        async with connect(address, additional_headers=cookie) as websocket:
            lab.revoked.set()
            async with asyncio.timeout(10):
                await websocket.wait_closed()
        assert (websocket.close_code, websocket.close_reason) == (1008, "sign_in_over")


async def test_who_is_known_waits_for_no_strangers_of_any_address() -> None:
    """Behind forty addresses that ask a slow provider the owner's requests took 8 s each."""
    lab = SlowLab()
    budgets = Budgets(dict.fromkeys(Budget, 8))
    share = budgets[Budget.LOOKUPS]
    app = desktop(lab, budgets=budgets)
    headers = {"Authorization": "Bearer token-of-ada"}
    async with AsyncExitStack() as stack, client(app) as owner:

        async def ask() -> int:
            async with asyncio.timeout(10):
                return (await owner.get(f"{BASE}api/session", headers=headers)).status_code

        assert await ask() == 200
        guesses = []
        for number in range(40):
            one = await stack.enter_async_context(client(app, address=f"203.0.{number}.1"))
            guess = {"Authorization": f"Bearer guess-{number}"}
            guesses.append(asyncio.create_task(one.get(f"{BASE}api/session", headers=guess)))
        await until(lambda: share.taken == 8)
        assert await ask() == 200, "who was let in before has a place of his own"
        asked = len(lab.asked)
        lab.remembered.add("token-of-ada")
        assert await ask() == 200
        assert len(lab.asked) == asked, "what is remembered is not asked"
        lab.gate.set()
        await asyncio.gather(*guesses)
