from __future__ import annotations

import asyncio

import pytest

from desktopd.turns import RequestTurns


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


async def test_who_is_known_has_every_second_turn_and_as_many_as_others_who_are() -> None:
    done: list[str] = []
    turns = RequestTurns()
    for who in ("stranger", "many", "many", "many", "one"):
        known = None if who == "stranger" else who
        turns.take("192.0.2.1", lambda who=who: done.append(who), known=known)  # type: ignore[misc]
    for _ in range(5):
        await asyncio.sleep(0)
    assert done == ["many", "stranger", "one", "many", "many"]


async def test_a_websocket_with_much_to_read_has_no_address_and_no_other_one_wait() -> None:
    """A watcher's forty had everybody of the address wait who came anew, for as long as it said."""
    done: list[str] = []
    turns = RequestTurns()
    for who in ("full", "full", "full", "full", "other"):
        turns.take("192.0.2.1", lambda who=who: done.append(who), websocket=who)  # type: ignore[misc]
    turns.take("192.0.2.1", lambda: done.append("anew"))
    for _ in range(6):
        await asyncio.sleep(0)
    assert done.index("anew") < 2
    assert done.index("other") < 4
    assert done[-2:] == ["full", "full"]


@pytest.mark.parametrize("websocket", [None, "a websocket"])
async def test_who_is_known_has_no_more_than_half_of_the_turns(websocket: str | None) -> None:
    done: list[bool] = []
    turns = RequestTurns()
    for _ in range(40):
        turns.take("192.0.2.1", lambda: done.append(True), known="ada")
        turns.take("192.0.2.1", lambda: done.append(False), websocket=websocket)
    for _ in range(40):
        await asyncio.sleep(0)
    assert (len(done), sum(done)) == (40, 20)
