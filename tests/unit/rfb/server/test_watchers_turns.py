from __future__ import annotations

from desktopd.rfb.server.watchers_turns import TURN, WatchersTurns
from tests.unit.clock import Clock


def test_those_of_an_address_with_many_get_no_more_pictures_than_one_of_another() -> None:
    clock = Clock()
    turns: WatchersTurns[str] = WatchersTurns(lambda watcher: watcher[:4], clock)
    watchers, served = ["many 1", "many 2", "many 3", "lone"], []
    for _ in range(6):
        for watcher in turns.turn(watchers):
            served.append(watcher)
            clock.now += 2 * TURN
        clock.now += 2 * TURN
    assert served == ["many 1", "lone", "many 2", "lone", "many 3", "lone"]


def test_in_a_turn_with_time_for_all_each_has_one() -> None:
    turns: WatchersTurns[str] = WatchersTurns(lambda watcher: watcher[:4], Clock())
    assert [*turns.turn(["many 1", "many 2", "many 3", "lone"])] == [
        *("many 1", "lone", "many 2", "many 3")
    ]
    assert not turns.left
