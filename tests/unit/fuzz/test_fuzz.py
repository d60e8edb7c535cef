"""What has once done harm does none, nor do a few inputs of each kind; `tests/run fuzz` goes on."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from tests.fuzz.__main__ import TARGETS
from tests.fuzz.fuzzed import Fuzzed
from tests.fuzz.mutator import Mutator
from tests.fuzz.target import Target, always

FEW = 10


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_malformed_input_does_no_harm(target: Target) -> None:
    with target.opened() as check:
        fuzzed = Fuzzed(target, check)
        fuzzed.replay()
        fuzzed.batch(1, FEW, FEW)
    assert fuzzed.inputs >= 2 * FEW


def test_the_smallest_input_that_does_harm_is_found() -> None:
    def check(data: bytes) -> None:
        assert b"X" not in data

    fuzzed = Fuzzed(Target("any", st.binary(max_size=200), always(check), 1), check)
    with pytest.raises(AssertionError):
        fuzzed.batch(1, 5000)
    assert fuzzed.failing == b"X"


def test_a_mutation_that_does_harm_is_made_as_small_as_it_can_be() -> None:
    def check(data: bytes) -> None:
        assert data.count(b"\xff") < 2

    drawn = st.sampled_from([b"nothing here", b"nor here at all"])
    fuzzed = Fuzzed(Target("any", drawn, always(check), 1), check)
    with pytest.raises(AssertionError):
        fuzzed.batch(1, 2, 5000)
    assert fuzzed.failing == b"\xff\xff"


def test_mutations_follow_from_their_seed_and_differ() -> None:
    pool = [b"abcdefgh", bytes(20)]
    made = [Mutator(pool, 7).next() for _ in range(2)]
    assert made[0] == made[1]
    mutator = Mutator(pool, 7)
    assert len({mutator.next() for _ in range(500)}) > 400
