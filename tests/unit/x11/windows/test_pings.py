"""When a window is said to be silent: by the rounds that it left unanswered."""

from __future__ import annotations

from desktopd.x11.windows.pings import PATIENCE, Pings

MAIN, DIALOG = 7, 8


def after(pings: Pings, rounds: int, *asked: int) -> frozenset[int]:
    return [pings.next_round(asked) for _ in range(rounds)][-1]


def test_a_window_is_silent_after_so_many_rounds_without_an_answer() -> None:
    pings = Pings()
    pings.next_round([MAIN])
    pings.answered(MAIN)
    assert after(pings, PATIENCE, MAIN) == frozenset()
    assert after(pings, 1, MAIN) == {MAIN}
    pings.answered(MAIN)
    assert after(pings, PATIENCE, MAIN) == frozenset()


def test_one_silent_window_is_told_from_another_that_answers() -> None:
    pings = Pings()
    pings.answered(DIALOG)
    for _ in range(PATIENCE):
        pings.answered(MAIN)
        assert pings.next_round([MAIN, DIALOG]) == frozenset()
    pings.answered(MAIN)
    assert pings.next_round([MAIN, DIALOG]) == {DIALOG}


def test_a_window_that_has_never_answered_is_not_waited_for() -> None:
    assert after(Pings(), 3 * PATIENCE, MAIN) == frozenset()


def test_a_window_that_has_gone_is_forgotten() -> None:
    pings = Pings()
    pings.answered(MAIN)
    assert after(pings, PATIENCE + 1, MAIN) == {MAIN}
    assert after(pings, 1) == frozenset()
    assert after(pings, PATIENCE + 1, MAIN) == frozenset()
