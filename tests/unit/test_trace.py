"""What is noted, and that nothing is while nobody records."""

from __future__ import annotations

import pytest

from desktopd import trace as module
from desktopd.trace import LEASE, Trace, Track
from tests.unit.clock import Clock


def work(number: int) -> int:
    return number + 1


def test_nothing_is_noted_while_nobody_records() -> None:
    trace = Trace()
    assert trace.begin() == 0.0
    trace.end(Track.INPUT, "XTEST", 0.0)
    assert trace.timed(Track.INPUT, "XTEST", work) is work
    assert trace.notes == []


def test_a_recording_ends_by_itself_and_a_new_one_begins_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    monkeypatch.setattr(module.time, "monotonic", clock)
    trace = Trace()
    trace.record()
    clock.now += LEASE - 1
    trace.record()
    clock.now += LEASE - 1
    noted = trace.timed(Track.INPUT, "XTEST", work)
    assert noted(1) == 2
    (note,) = trace.notes
    assert (note.name, note.began, note.ended) == ("XTEST", clock.now, clock.now)
    clock.now += 2
    assert trace.begin() == 0.0
    assert trace.notes == [note]
    trace.record()
    assert trace.notes == []


def test_what_fails_is_noted_and_fails() -> None:
    trace = Trace()
    trace.record()
    with pytest.raises(TypeError):
        trace.timed(Track.INPUT, "XTEST", work)("one")  # type: ignore[arg-type]
    assert [note.name for note in trace.notes] == ["XTEST"]
