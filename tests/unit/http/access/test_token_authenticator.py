"""What guesses at tokens cost, and whom they cost nothing."""

from __future__ import annotations

import pytest

from desktopd.refusals import MOST
from tests.unit.http.desktop import BEARER, HTML, TOKEN, VIEW_BEARER, client, make_app


async def test_guessing_is_slowed_down() -> None:
    async with client(make_app()) as guesser:
        for _ in range(5):
            assert (await guesser.get("/?token=guess", headers=HTML)).status_code == 401
        for path, headers in (
            ("/?token=guess", HTML),
            ("/?token=guess", {}),
            ("/api/session", {"Authorization": "Bearer guess"}),
        ):
            answer = await guesser.get(path, headers=headers)
            assert answer.status_code == 429
            assert 1 <= int(answer.headers["retry-after"]) <= 10
        form = await guesser.post("/login", data={"token": "guess"}, headers=HTML)
        assert form.status_code == 429
        # Whoever does not guess is told what is missing.
        assert (await guesser.get("/", headers=HTML)).status_code == 401


async def test_a_watcher_is_slowed_down_as_well() -> None:
    async with client(make_app()) as watcher:
        guess, told = {"Authorization": "Bearer guess"}, []
        for _ in range(3):
            told += [(await watcher.get("/api/session", headers=guess)).status_code for _ in "123"]
            assert (await watcher.get("/api/session", headers=VIEW_BEARER)).status_code == 200
        assert told == [401] * 5 + [429] * 4


async def test_guessing_does_not_lock_out_those_behind_the_same_address() -> None:
    app = make_app()
    async with client(app) as classmate:
        await classmate.get(f"/?token={TOKEN}")
        async with client(app) as guesser:
            for _ in range(50):
                await guesser.get("/?token=guess")
            for _ in range(30):
                assert (await classmate.get("/api/session")).status_code == 200
            async with client(app) as late_classmate:
                assert (await late_classmate.get(f"/?token={TOKEN}")).status_code == 303


async def test_guessing_from_many_addresses_leaves_others_alone() -> None:
    app = make_app()
    for n in range(500):
        address = f"10.1.{n // 256}.{n % 256}"
        async with client(app, address) as guesser:
            headers = {"Authorization": "Bearer guess"}
            assert (await guesser.get("/api/session", headers=headers)).status_code == 401
    async with client(app, "10.1.0.1") as user:
        assert (await user.get("/api/session", headers=BEARER)).status_code == 200


async def test_guessing_from_many_addresses_fills_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = make_app()
    for network in range(MOST + 5):
        async with client(app, f"2001:db8:0:{network:x}::1") as guesser:
            await guesser.get("/api/session", headers={"Authorization": "Bearer guess"})
    assert caplog.text.count("wrong token from") == MOST


async def test_guessing_with_a_stale_cookie_is_none() -> None:
    async with client(make_app()) as browser:
        await browser.get(f"/?token={TOKEN}")
        ((name, _),) = browser.cookies.items()
        browser.cookies = {name: "0" * 64}  # type: ignore[assignment]
        for _ in range(20):
            assert (await browser.get("/api/session")).status_code == 401
