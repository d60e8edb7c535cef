"""Gives parts of desktopd what nobody sends on purpose, for as long as one likes.

    tests/run fuzz -- --minutes 10 --target rfb-viewer,http

An input that does harm is made as small as it can be, and kept in tests/fuzz/corpus, with which
every run and tests/unit/fuzz begin. The exit status is 1 then.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Sequence

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz import files_of_settings, names, network, rfb
from tests.fuzz.corpus import keep, kept
from tests.fuzz.target import Check, Target, in_time

TARGETS = (*rfb.TARGETS, *network.TARGETS, *names.TARGETS, *files_of_settings.TARGETS)
BATCH = 500
_PHASES = (Phase.generate, Phase.shrink)


class Fuzzed:
    """A target while it is fuzzed: counts its inputs, and knows the one that failed last."""

    def __init__(self, target: Target, check: Check) -> None:
        self.inputs = 0
        self.failing = b""
        self._target = target
        self._check = check

    def replay(self) -> None:
        """Check what has once done harm; raises where it still does."""
        for data in kept(self._target.name):
            self._try(data)

    def batch(self, number: int, count: int) -> None:
        """Check `count` inputs that follow from `number`; raises at the smallest that does harm."""

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
            self._try(data)

        check()

    def _try(self, data: bytes) -> None:
        self.inputs += 1
        self.failing = data
        in_time(self._check, data)


def fuzz(target: Target, seconds: float) -> bool:
    """Fuzz for so long, and print how it went; returns whether all was well."""
    began, memory = time.monotonic(), _megabytes()
    with target.opened() as check:
        fuzzed = Fuzzed(target, check)
        try:
            fuzzed.replay()
            while (now := time.monotonic()) - began < seconds:
                fuzzed.batch(int(now * 1e6), BATCH)
        except Exception as error:
            path = keep(target.name, fuzzed.failing)
            print(f"{target.name}: {path.name} does harm: {error!r}", flush=True)
            return False
    grown = _megabytes() - memory
    print(f"{target.name}: {fuzzed.inputs} inputs in {seconds:.0f} s, +{grown:.0f} MB", flush=True)
    return True


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    names = ",".join(target.name for target in TARGETS)
    options = argparse.ArgumentParser("tests/run fuzz --", description=__doc__)
    options.add_argument("--minutes", type=float, default=10, help="for all targets together [10]")
    options.add_argument("--target", default=names, help=f"[{names}]")
    return options


def chosen(text: str) -> list[Target]:
    """Targets by their names; SystemExit for an unknown one."""
    known = {target.name: target for target in TARGETS}
    wanted = text.split(",")
    if unknown := [name for name in wanted if name not in known]:
        sys.exit(f"--target {unknown[0]}: expected {', '.join(known)}")
    return [known[name] for name in wanted]


def main(arguments: Sequence[str]) -> int:
    """Fuzz one target after the other; returns the exit status."""
    asked = parser().parse_args(arguments)
    targets = chosen(asked.target)
    each = asked.minutes * 60 / len(targets)
    well = [fuzz(target, each) for target in targets]
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
