from __future__ import annotations

import asyncio

from desktopd.http.serving.request_turns import RequestTurns


async def test_an_address_with_many_requests_is_served_as_often_as_one_with_one() -> None:
    done: list[str] = []
    turns = RequestTurns()
    for address in ("192.0.2.66", "192.0.2.66", "192.0.2.66", "192.0.2.1"):
        turns.take(address, lambda address=address: done.append(address))  # type: ignore[misc]
    for _ in range(2):
        await asyncio.sleep(0)
    assert done == ["192.0.2.66", "192.0.2.1"], "one in each turn of the loop"
    for _ in range(2):
        await asyncio.sleep(0)
    assert done[2:] == ["192.0.2.66"] * 2


async def test_who_is_known_comes_first_and_as_often_as_others_who_are() -> None:
    done: list[str] = []
    turns = RequestTurns()
    for who in ("stranger", "many", "many", "many", "one"):
        known = None if who == "stranger" else who
        turns.take("192.0.2.1", lambda who=who: done.append(who), known=known)  # type: ignore[misc]
    for _ in range(5):
        await asyncio.sleep(0)
    assert done == ["many", "one", "many", "many", "stranger"]
