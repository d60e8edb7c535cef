"""Who is told of a change."""

from __future__ import annotations

import pytest

from desktopd.observers import Observers


def test_each_is_told_until_it_wants_no_more() -> None:
    observers, told = Observers[[str]](), []
    end = observers.add(lambda text: told.append(("one", text)))
    observers.add(lambda text: told.append(("two", text)))
    observers.call("a")
    end()
    end()
    observers.call("b")
    assert told == [("one", "a"), ("two", "a"), ("two", "b")]
    assert len(observers) == 1


def test_one_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    observers, told = Observers[[]](), []
    observers.add(lambda: 1 // 0)  # type: ignore[arg-type, return-value]
    observers.add(lambda: told.append(True))
    observers.call()
    assert told == [True]
    assert "ZeroDivisionError" in caplog.text


def test_who_leaves_while_others_are_told_disturbs_nobody() -> None:
    observers, told = Observers[[]](), []
    ends = [observers.add(lambda: ends[1]()), observers.add(lambda: told.append(True))]
    observers.call()
    assert told == [True]
    observers.call()
    assert told == [True]
