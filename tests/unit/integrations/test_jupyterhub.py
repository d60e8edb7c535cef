"""What the desktop asks of a hub, and what it makes of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from desktopd.http.problems import Problem
from desktopd.integrations.hub import Hub
from desktopd.integrations.jupyterhub import REMEMBER_SECONDS, HubAccess, connect
from tests.unit.integrations.hub_api import USERS, VARIABLES, Api, serving, variables


@pytest.fixture
def api() -> Iterator[Api]:
    with serving() as server:
        yield server


async def test_the_hub_is_asked_once_for_each_session_of_a_token(api: Api) -> None:
    now = [1000.0]
    access = HubAccess(Hub.of(variables(api.server_port)), lambda: now[0])
    for _ in range(3):
        assert await access.admits("token-of-ada", "s1") is True
        assert await access.admits("token-of-bob", "s2") is False
        assert [access.name(f"token-of-{who}", "s1") for who in ("ada", "bob")] == ["ada", ""]
        assert await access.admits("token-of-eve", "") is None
    assert api.asked == ["token-of-ada", "token-of-bob", "token-of-eve"]
    assert await access.admits("token-of-ada", "after the logout") is True
    now[0] += REMEMBER_SECONDS + 1
    assert await access.admits("token-of-ada", "s1") is True
    assert api.asked[3:] == ["token-of-ada", "token-of-ada"]


async def test_made_up_tokens_have_nobody_forgotten_who_is_let_in(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.integrations.jupyterhub.REMEMBER_TOKENS", 3)
    access = connect(variables(api.server_port))
    assert await access.admits("token-of-ada", "") is True
    for number in range(6):
        assert await access.admits(f"made up {number}", "") is None
    assert await access.admits("token-of-ada", "") is True
    assert api.asked.count("token-of-ada") == 1
    assert len(access._known) == 3
    for session in "abcd":
        assert await access.admits("token-of-ada", session) is True
    assert len(access._known) == 3


async def test_refusals_of_the_hub_fill_no_log(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A stranger with codes that he made up had 170 MB an hour written, by one connection."""
    monkeypatch.setattr("desktopd.refusals.MOST", 3)
    access = connect(variables(api.server_port))
    for session in "abcdef":
        assert await access.admits("token-of-bob", session) is False
        with pytest.raises(Problem, match="the hub refused the login"):
            await access.exchange("made up", "verifier")
    refused = [one for one in caplog.messages if "may not use" in one or "400" in one]
    assert len(refused) == 3
    api.shutdown()
    api.server_close()
    with pytest.raises(Problem, match="the hub does not answer"):
        await access.exchange("made up", "verifier")
    assert caplog.records[-1].levelname == "ERROR", "no stranger keeps that from being told"


async def test_who_is_let_in_no_more_is_told_once_the_hub_says_so(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REMEMBER_SECONDS", "APART", "RETRY_SECONDS"):
        monkeypatch.setattr(f"desktopd.integrations.jupyterhub.{name}", 0.01)
    access = connect(variables(api.server_port))
    assert await access.admits("token-of-ada", "s1") is True
    waiting = [asyncio.create_task(access.over("token-of-ada", "s1")) for _ in range(2)]
    async with asyncio.timeout(10):
        while len(api.asked) < 4:
            await asyncio.sleep(0.01)
        assert not any(task.done() for task in waiting)
        monkeypatch.delitem(USERS, "token-of-ada")
        await asyncio.gather(*waiting)


async def test_while_the_hub_is_away_whoever_is_in_stays_in(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REMEMBER_SECONDS", "APART", "RETRY_SECONDS"):
        monkeypatch.setattr(f"desktopd.integrations.jupyterhub.{name}", 0.01)
    access = connect(variables(1))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await access.over("token-of-ada", "s1")


async def test_no_failure_keeps_who_is_let_in_no_more(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REMEMBER_SECONDS", "APART", "RETRY_SECONDS"):
        monkeypatch.setattr(f"desktopd.integrations.jupyterhub.{name}", 0.01)
    access = connect(variables(api.server_port))
    assert await access.admits("token-of-ada", "") is True
    monkeypatch.setitem(USERS, "token-of-ada", {"name": "ada", "scopes": None})
    over = asyncio.create_task(access.over("token-of-ada", ""))
    async with asyncio.timeout(10):
        while len(api.asked) < 4:
            await asyncio.sleep(0.01)
        monkeypatch.delitem(USERS, "token-of-ada")
        await over


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
