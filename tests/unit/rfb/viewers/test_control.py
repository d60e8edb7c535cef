"""Who may act: handing over, asking, and what never happens whatever people do."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from desktopd.rfb.viewers.control import (
    ASK_AGAIN_SECONDS,
    ASK_SECONDS,
    Control,
    ControlMode,
    ControlRefused,
    Seated,
)
from tests.unit.clock import Clock

OWNER, ANA, BEN, EVE = "owner", "ana", "ben", "eve"
SEATED = {
    OWNER: Seated(full=True, owner=True),
    ANA: Seated(full=True),
    BEN: Seated(full=True),
    EVE: Seated(full=False),
}


def control(mode: ControlMode = ControlMode.ONE, clock: Clock | None = None) -> Control:
    """With everybody here."""
    made = Control(mode, clock or Clock())
    for person, seated in SEATED.items():
        made.come(person, seated)
    return made


def acting(desk: Control) -> list[str]:
    return [person for person in SEATED if desk.may_act(person)]


def test_everybody_with_the_full_role_shares_it_by_default() -> None:
    desk = control(ControlMode.SHARED)
    assert all(desk.use(person) for person in (OWNER, ANA, BEN))
    assert acting(desk) == [OWNER, ANA, BEN]
    assert desk.holder is None
    with pytest.raises(ControlRefused, match="shares"):
        desk.ask(ANA)


def test_who_presses_first_takes_what_is_free() -> None:
    desk = control()
    assert acting(desk) == [OWNER, ANA, BEN]
    assert desk.use(ANA)
    assert acting(desk) == [ANA]
    assert not desk.use(OWNER)
    assert not desk.use(EVE)


def test_it_is_asked_for_and_given_and_given_back() -> None:
    desk = control()
    desk.use(ANA)
    desk.ask(BEN)
    assert desk.asking == (BEN,)
    with pytest.raises(ControlRefused, match="somebody else"):
        desk.give(BEN, BEN)
    desk.give(ANA, BEN)
    assert (acting(desk), desk.asking) == ([BEN], ())
    desk.give(BEN, ANA)
    assert acting(desk) == [ANA]


def test_the_owner_takes_it_and_gives_it_and_nobody_else_does() -> None:
    desk = control()
    desk.use(ANA)
    with pytest.raises(ControlRefused, match="somebody else"):
        desk.take(BEN)
    desk.take(OWNER)
    assert acting(desk) == [OWNER]
    desk.give(OWNER, BEN)
    desk.give(OWNER, ANA)
    assert acting(desk) == [ANA]


def test_who_may_only_watch_never_gets_it() -> None:
    desk = control()
    desk.use(ANA)
    with pytest.raises(ControlRefused, match="only watch"):
        desk.ask(EVE)
    with pytest.raises(ControlRefused, match="only watch"):
        desk.give(ANA, EVE)
    with pytest.raises(ControlRefused, match="has left"):
        desk.give(ANA, "nobody")


def test_a_request_that_nobody_answers_ends() -> None:
    clock = Clock()
    desk = control(clock=clock)
    desk.use(ANA)
    desk.ask(BEN)
    assert desk.next_end == clock.now + ASK_SECONDS
    clock.now += ASK_SECONDS
    desk.expire()
    assert (desk.asking, desk.next_end) == ((), None)


def test_who_was_declined_waits_before_the_next_request() -> None:
    clock = Clock()
    desk = control(clock=clock)
    desk.use(ANA)
    desk.ask(BEN)
    desk.decline(ANA, BEN)
    with pytest.raises(ControlRefused) as refusal:
        desk.ask(BEN)
    assert refusal.value.remedy == "ask again in 10 seconds"
    clock.now += ASK_AGAIN_SECONDS
    desk.ask(BEN)
    assert desk.asking == (BEN,)


def test_who_waits_longest_gets_it_when_its_holder_leaves() -> None:
    desk = control()
    desk.use(ANA)
    desk.ask(BEN)
    desk.ask(OWNER)
    desk.leave(ANA)
    assert (desk.holder, desk.asking) == (BEN, (OWNER,))
    desk.withdraw(OWNER)
    desk.release(BEN)
    assert desk.holder is None


def test_the_owner_chooses_the_mode() -> None:
    desk = control(ControlMode.SHARED)
    with pytest.raises(ControlRefused, match="owner"):
        desk.choose(ANA, ControlMode.ONE)
    desk.choose(OWNER, ControlMode.ONE)
    assert acting(desk) == [OWNER]
    desk.choose(OWNER, ControlMode.SHARED)
    assert acting(desk) == [OWNER, ANA, BEN]


PEOPLE = st.sampled_from(sorted(SEATED))


class Anybody(RuleBasedStateMachine):
    """People who come, go, and do anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.desk = Control(ControlMode.ONE, self.clock)
        self.here: set[str] = set()

    def do(self, what: str, *people: str) -> None:
        """What is refused changes nothing."""
        if people[0] not in self.here:
            return
        before = self.desk.mode, self.desk.holder, self.desk.asking
        refused = False
        try:
            getattr(self.desk, what)(*people)
        except ControlRefused:
            refused = True
        assert not refused or (self.desk.mode, self.desk.holder, self.desk.asking) == before

    @rule(person=PEOPLE)
    def come(self, person: str) -> None:
        if person not in self.here:
            self.here.add(person)
            self.desk.come(person, SEATED[person])

    @rule(person=PEOPLE)
    def leave(self, person: str) -> None:
        if person in self.here:
            self.here.discard(person)
            self.desk.leave(person)

    @rule(what=st.sampled_from(["use", "ask", "withdraw", "take", "release"]), person=PEOPLE)
    def act(self, what: str, person: str) -> None:
        self.do(what, person)

    @rule(what=st.sampled_from(["give", "decline"]), by=PEOPLE, other=PEOPLE)
    def answer(self, what: str, by: str, other: str) -> None:
        self.do(what, by, other)

    @rule(by=PEOPLE, mode=st.sampled_from(ControlMode))
    def choose(self, by: str, mode: ControlMode) -> None:
        if by in self.here:
            self.do("choose", by, mode)

    @rule(seconds=st.floats(0, 60))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds
        self.desk.expire()

    @precondition(lambda self: OWNER in self.here and self.desk.mode is ControlMode.ONE)
    @rule()
    def the_owner_always_gets_it(self) -> None:
        self.desk.take(OWNER)
        assert self.desk.holder == OWNER

    @invariant()
    def at_most_one_acts_and_no_watcher(self) -> None:
        acting = {person for person in SEATED if self.desk.may_act(person)}
        assert EVE not in acting
        assert acting <= self.here
        if self.desk.holder is not None:
            assert acting == {self.desk.holder}
            assert self.desk.mode is ControlMode.ONE

    @invariant()
    def who_asks_is_here_and_waits_for_somebody(self) -> None:
        assert set(self.desk.asking) <= self.here - {EVE, self.desk.holder}
        assert not self.desk.asking or self.desk.holder is not None


TestAnybody = Anybody.TestCase
