from __future__ import annotations

import asyncio
from weakref import ref

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


async def test_those_who_are_gone_take_no_turn_and_nobodys_place() -> None:
    """A stranger's thousands of connections that were over had each a turn of the loop."""
    done: list[str] = []
    turns = RequestTurns()
    gone = [turns.take("192.0.2.66", lambda: done.append("gone")) for _ in range(100)]
    turns.take("192.0.2.66", lambda: done.append("the same address"))
    turns.take("192.0.2.1", lambda: done.append("another"))
    for turn in gone:
        turn.cancel()
    for _ in range(2):
        await asyncio.sleep(0)
    assert done == ["the same address", "another"]
    for turn in [turns.take("192.0.2.66", lambda: done.append("gone")) for _ in range(3)]:
        turn.cancel()
    turns.take("192.0.2.1", lambda: done.append("later"))
    await asyncio.sleep(0)
    assert done[2:] == ["later"]


async def test_a_turn_that_is_over_keeps_nothing() -> None:
    class Connection:
        def read(self) -> None:
            pass

    turns = RequestTurns()
    connections = [Connection(), Connection()]
    alive = [ref(connection) for connection in connections]
    taken = [turns.take("192.0.2.1", connection.read) for connection in connections]
    connections.clear()
    taken[1].cancel()
    assert alive[1]() is None
    await asyncio.sleep(0)
    assert alive[0]() is None
