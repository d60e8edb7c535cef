"""Who may type and point while several people are at one desktop: a state machine without I/O.

Who those people are, and what they hold down, stands in people.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

ASK_SECONDS = 30.0
"""How long a request for control waits for its answer."""
ASK_AGAIN_SECONDS = 10.0
"""How long who was declined waits before the next request."""
ELSEWHERE = "somebody else has control"
"""What is said to whoever is refused what only its holder may."""


class ControlMode(StrEnum):
    """Whether everybody with the full role may act, or one of them at a time."""

    SHARED = "shared"
    ONE = "one"


class ControlRefused(Exception):
    """What was wanted is not for this person now; `remedy` says what is."""

    def __init__(self, error: str, remedy: str) -> None:
        super().__init__(error)
        self.remedy = remedy


class ControlImpossible(ControlRefused):
    """What was wanted cannot be for anybody now."""


@dataclass(frozen=True, slots=True)
class Seated:
    """What counts of a person here: `full` may have control at all, an `owner` decides over it."""

    full: bool
    owner: bool = False


class Control:
    """Control of one desktop, by the ids of the people at it.

    In the mode ``one`` at most one person holds it. While nobody does, everybody with the full role
    may move the pointer, and who presses something takes control. Methods raise ControlRefused.
    """

    def __init__(self, mode: ControlMode, clock: Callable[[], float] = time.monotonic) -> None:
        self.mode = mode
        self.holder: str | None = None
        """None where nobody holds control, and always in the mode ``shared``."""
        self._clock = clock
        self._seated: dict[str, Seated] = {}
        self._asking: dict[str, float] = {}
        self._declined: dict[str, float] = {}

    @property
    def asking(self) -> tuple[str, ...]:
        """Who waits for control, the longest first."""
        return tuple(self._asking)

    @property
    def next_end(self) -> float | None:
        """When the next request ends without an answer, by the clock; None where none waits."""
        return min(self._asking.values(), default=None)

    def come(self, person: str, seated: Seated) -> None:
        """Count a person in."""
        self._seated[person] = seated

    def leave(self, person: str) -> None:
        """Count a person out; who waits longest gets the control that he had."""
        del self._seated[person]
        self._asking.pop(person, None)
        self._declined.pop(person, None)
        if self.holder == person:
            self._free()

    def may_act(self, person: str) -> bool:
        """Whether what this person types and points at reaches the desktop."""
        seated = self._seated.get(person)
        return seated is not None and seated.full and self.holder in (None, person)

    def use(self, person: str) -> bool:
        """As `may_act`, for who presses something: a control that is free becomes this person's."""
        if not self.may_act(person):
            return False
        if self.mode is ControlMode.ONE and self.holder is None:
            self._hand(person)
        return True

    def ask(self, person: str) -> None:
        """Wait for control, or get it where nobody has it."""
        self._require_one()
        if not self._seated[person].full:
            raise ControlRefused(
                "this link may only watch", "ask whoever sent it for a link with control"
            )
        if self.holder is None:
            self._hand(person)
        if person == self.holder or person in self._asking:
            return
        wait = self._declined.get(person, 0.0) - self._clock()
        if wait > 0:
            raise ControlRefused("control was not given", f"ask again in {wait:.0f} seconds")
        self._asking[person] = self._clock() + ASK_SECONDS

    def withdraw(self, person: str) -> None:
        """Wait for control no more."""
        self._asking.pop(person, None)

    def give(self, by: str, to: str) -> None:
        """Hand control over: for who holds it, and for owners."""
        self._require_one()
        self._require_say(by)
        seated = self._seated.get(to)
        if seated is None:
            raise ControlImpossible("this person has left", "give control to somebody who is here")
        if not seated.full:
            raise ControlRefused("this person may only watch", "send a link with control")
        self._hand(to)

    def decline(self, by: str, person: str) -> None:
        """Answer a request with no."""
        self._require_say(by)
        if self._asking.pop(person, None) is not None:
            self._declined[person] = self._clock() + ASK_AGAIN_SECONDS

    def take(self, person: str) -> None:
        """Take control from whoever has it: for owners, and for anybody where it is free."""
        self._require_one()
        if not self.use(person):
            if not self._seated[person].owner:
                raise ControlRefused(ELSEWHERE, "ask for it")
            self._hand(person)

    def release(self, person: str) -> None:
        """Have control no more; who waits longest gets it."""
        if self.holder == person:
            self._free()

    def choose(self, by: str, mode: ControlMode) -> None:
        """Change the mode: for owners; whoever begins the mode ``one`` has control then."""
        if not self._seated[by].owner:
            raise ControlRefused(
                "only the desktop's owner chooses this", "ask whoever sent the link"
            )
        if mode is not self.mode:
            self.mode, self.holder = mode, by if mode is ControlMode.ONE else None
            self._asking.clear()

    def expire(self) -> None:
        """End the requests that nobody has answered in time."""
        now = self._clock()
        self._asking = {person: end for person, end in self._asking.items() if end > now}

    def _hand(self, person: str) -> None:
        self.holder = person
        self._asking.pop(person, None)
        self._declined.pop(person, None)

    def _free(self) -> None:
        self.expire()
        self.holder = None
        if self._asking:
            self._hand(next(iter(self._asking)))

    def _require_one(self) -> None:
        if self.mode is not ControlMode.ONE:
            raise ControlImpossible("everybody here shares control", "type and point")

    def _require_say(self, person: str) -> None:
        if person != self.holder and not self._seated[person].owner:
            raise ControlRefused(ELSEWHERE, "ask for it")
