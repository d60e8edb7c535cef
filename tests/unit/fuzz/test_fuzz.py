"""What has once done harm does none, nor do a few inputs of each kind; `tests/run fuzz` goes on."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from tests.fuzz.__main__ import TARGETS, Fuzzed
from tests.fuzz.target import Target, always

FEW = 10


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_malformed_input_does_no_harm(target: Target) -> None:
    with target.opened() as check:
        fuzzed = Fuzzed(target, check)
        fuzzed.replay()
        fuzzed.batch(1, FEW)
    assert fuzzed.inputs >= FEW


def test_the_smallest_input_that_does_harm_is_found() -> None:
    def check(data: bytes) -> None:
        assert b"X" not in data

    fuzzed = Fuzzed(Target("any", st.binary(max_size=200), always(check)), check)
    with pytest.raises(AssertionError):
        fuzzed.batch(1, 5000)
    assert fuzzed.failing == b"X"
