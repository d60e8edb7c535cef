"""Refusals in the log: told with reason and remedy, once, and in one line each."""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from desktopd.applications.errors import NotAllowed
from desktopd.files.errors import Forbidden
from desktopd.http.access.access import Access, Means
from desktopd.http.access.refusal_log import RefusalLog
from desktopd.http.api.application import _problem
from desktopd.http.api.file_access import problem_of
from desktopd.http.problems import Problem
from desktopd.refusals import MOST, SECONDS
from desktopd.rfb.viewers.viewer import Role
from tests.unit.accounts import accounts
from tests.unit.clock import Clock
from tests.unit.http.access.test_oauth import BASE, Lab, desktop
from tests.unit.http.desktop import BEARER, HTML, client, make_app, serving, ws_status

FOREIGN = Problem(403, "pages of another origin may not", "add it")


def conn(kind: str = "websocket", host: str = "192.0.2.7", path: str = "/ws") -> HTTPConnection:
    return HTTPConnection(
        {"type": kind, "method": "GET", "path": path, "client": (host, 1), "headers": []}
    )


def test_the_reason_and_the_remedy_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    told = RefusalLog()
    for _ in range(3):
        told.note(conn(), FOREIGN)
    assert caplog.messages == [
        "192.0.2.7: WebSocket '/ws' is refused: pages of another origin may not; add it"
    ]
    told.note(conn(host="192.0.2.8"), FOREIGN)
    told.note(conn(), Problem(421, "unknown Host", "set allowed_hosts"))
    assert len(caplog.messages) == 3


def test_a_page_without_a_token_is_nothing_to_tell(caplog: pytest.LogCaptureFixture) -> None:
    told = RefusalLog()
    told.note(conn("http"), Problem(401, "no token", "give one"))
    assert caplog.messages == []
    told.note(conn(), Problem(401, "no token", "give one"))
    assert len(caplog.messages) == 1


async def test_a_link_that_is_over_and_shown_again_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    async with client(make_app()) as http:
        made = await http.post("/api/links", json={"role": "control"}, headers=BEARER)
        link = made.json()
        await http.get("/", params={"token": link["token"]})
        assert (await http.get("/api/session")).status_code == 200
        await http.delete(f"/api/links/{link['id']}", headers=BEARER)
        for _ in range(3):
            assert (await http.get("/api/session")).status_code == 401
    (refused,) = accounts(caplog, "refused")
    assert refused["reason"] == "this link is not valid any more"


def test_many_addresses_are_told_and_forgotten(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    told = RefusalLog(clock)
    for turn in range(MOST + 1):
        clock.now += SECONDS / MOST
        told.note(conn(host=str(turn)), FOREIGN)
    told.note(conn(host="1"), FOREIGN)
    assert len(caplog.messages) == MOST + 1
    clock.now += SECONDS
    told.note(conn(host="0"), FOREIGN)
    assert len(caplog.messages) == MOST + 2


def test_whoever_has_many_addresses_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    told = RefusalLog(clock)
    for turn in range(3 * MOST):
        told.note(conn(host=str(turn)), FOREIGN)
    assert len(caplog.messages) == MOST + 1
    assert caplog.messages[-1] == "more is refused than is told: 256 in 600 s at most"
    clock.now += SECONDS
    told.note(conn(host="once more"), FOREIGN)
    assert "once more" in caplog.messages[-1]


def test_one_host_with_many_ipv6_addresses_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    told = RefusalLog()
    for turn in range(9):
        told.note(conn(host=f"2001:db8::{turn}"), FOREIGN)
    assert len(caplog.messages) == 1


def test_an_address_cannot_add_a_line(caplog: pytest.LogCaptureFixture) -> None:
    RefusalLog().note(conn(path="/x\n2026-01-01 INFO all is well"), FOREIGN)
    assert "\n" not in caplog.text.strip()


def test_strangers_hide_nothing_of_whom_is_let_in(caplog: pytest.LogCaptureFixture) -> None:
    told = RefusalLog(Clock())
    for turn in range(2 * MOST):
        told.note(conn(host=str(turn)), FOREIGN)
    inside = conn("http")
    inside.scope["auth"] = Access(Role.VIEW, Means.BEARER, link="c0ffee")
    for endpoint in ("clipboard", "files", "clipboard"):
        inside.scope["endpoint"] = endpoint
        told.note(inside, Problem(403, "this token may only watch", "use another"))
    assert len(caplog.messages) == MOST + 1 + 2


async def test_the_application_tells_of_what_it_refuses(caplog: pytest.LogCaptureFixture) -> None:
    app = make_app(allowed_hosts=("desk.test",))
    async with client(app, url="http://rebound.test", headers=BEARER) as rebound:
        assert (await rebound.get("/api/session")).status_code == 421
    assert "unknown Host; use the desktop's own name, or set allowed_hosts" in caplog.text
    foreign = {**BEARER, "origin": "https://elsewhere.example"}
    async with client(app, headers=foreign) as script:
        assert (await script.put("/api/display", json={})).status_code == 403
    assert "PUT '/api/display' is refused: pages of another origin" in caplog.text
    async with serving(make_app()) as server:
        caplog.clear()
        address = server.addresses[0].replace("http", "ws")
        assert await ws_status(f"{address}/websockify") == 403
    assert "127.0.0.1: WebSocket '/websockify' is refused: " in caplog.text


async def test_what_is_refused_at_the_sign_in_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    async with client(make_app(), headers=HTML) as guesser:
        form = {"data": {"token": "wrong"}, "headers": {"Origin": "http://desk.test"}}
        answers = [await guesser.post("/login", **form) for _ in range(9)]
        assert answers[-1].status_code == 429
    async with client(desktop(Lab())) as stranger:
        assert (await stranger.get(f"{BASE}oauth_callback?state=forged")).status_code == 403
    reasons = [line["reason"] for line in accounts(caplog, "refused")]
    assert set(reasons) == {
        "the token is wrong",
        "too many wrong tokens from this address",
        "this login was not begun in this browser, or more than ten minutes ago",
    }


async def test_no_words_of_strangers_take_the_place_of_what_they_are_refused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    async with client(desktop(Lab())) as stranger:
        for turn in range(MOST + 44):
            query = {"error": "denied", "error_description": f"word {turn}"}
            answer = await stranger.get(f"{BASE}oauth_callback", params=query)
            assert answer.status_code == 403
            assert f"word {turn}" in answer.json()["remedy"]
        assert (await stranger.get(f"{BASE}oauth_callback?state=forged")).status_code == 403
    assert [line["reason"] for line in accounts(caplog, "refused")] == [
        "the login failed at the provider",
        "this login was not begun in this browser, or more than ten minutes ago",
    ]


def test_names_that_a_client_chooses_make_no_other_refusal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each sentence is one, though two are of one class; one that nobody knows is its status."""
    caplog.set_level("INFO", "desktopd.audit")
    told = RefusalLog()
    for turn in range(MOST + 44):
        for error in ("{}: the disk is read-only", "{}: of another user"):
            told.note(conn(), problem_of(Forbidden(error.format(turn), "take another")))
        for error in ("{} is outside of files_root", "{} is no URL"):
            told.note(conn(), _problem(NotAllowed(error.format(turn), f"not {turn}")))
        told.note(conn(), Problem(403, f"{turn} was said elsewhere", "say something else"))
        told.note(conn(), Problem(429, f"{turn} was said elsewhere", "say something else"))
    assert [line["reason"] for line in accounts(caplog)] == [
        "0: the disk is read-only",
        "0: of another user",
        "0 is outside of files_root",
        "0 is no URL",
        "0 was said elsewhere",
        "0 was said elsewhere",
    ]


def test_what_one_address_is_refused_hides_no_other(caplog: pytest.LogCaptureFixture) -> None:
    told = RefusalLog(Clock())
    for turn in range(3 * MOST):
        here = conn()
        here.scope["endpoint"] = turn
        told.note(here, FOREIGN)
    told.note(conn(host="192.0.2.8"), FOREIGN)
    assert len(caplog.messages) == 1 + MOST + 1 + 1
    assert caplog.messages[-1].startswith("192.0.2.8: ")
