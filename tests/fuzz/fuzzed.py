"""A target while it is fuzzed: what once did harm, what strategies draw, and mutations of that."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.corpus import kept
from tests.fuzz.mutator import Mutator
from tests.fuzz.smallest import smallest
from tests.fuzz.target import Check, Target, in_time

_PHASES = (Phase.generate, Phase.shrink)


class Fuzzed:
    """Counts the inputs of a target, and knows the one that failed last."""

    def __init__(self, target: Target, check: Check) -> None:
        self.inputs = 0
        self.failing = b""
        self._target = target
        self._check = check

    def replay(self) -> None:
        """Check what has once done harm; raises where it still does."""
        for data in kept(self._target.name):
            self._try(data)

    def batch(self, number: int, drawn: int, mutated: int = 0) -> None:
        """Check inputs that follow from `number`: `drawn` ones, then mutations of these.

        Raises at the smallest that does harm, which is `failing` then.
        """
        pool = [*kept(self._target.name), *self._draw(number, drawn)]
        mutator = Mutator(pool, number)
        for _ in range(mutated):
            data = mutator.next()
            try:
                self._try(data)
            except Exception:
                self._try(smallest(data, self._harms))
                raise

    def _draw(self, number: int, count: int) -> list[bytes]:
        pool: list[bytes] = []

        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=_PHASES,
            suppress_health_check=[*HealthCheck],
        )
        @seed(number)
        @given(self._target.inputs)
        def check(data: bytes) -> None:
            pool.append(data)
            self._try(data)

        check()
        return pool

    def _harms(self, data: bytes) -> bool:
        try:
            in_time(self._check, data)
        except Exception:
            return True
        return False

    def _try(self, data: bytes) -> None:
        self.inputs += 1
        self.failing = data
        in_time(self._check, data)
