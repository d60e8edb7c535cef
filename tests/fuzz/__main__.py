"""Gives parts of desktopd what nobody sends on purpose, for as long as one likes.

    tests/run fuzz -- --minutes 10 --target rfb-viewer,http
    tests/run fuzz -- --release

An input that does harm is made as small as it can be, and kept in tests/fuzz/corpus, with which
every run and tests/unit/fuzz begin. The exit status is 1 then.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.fuzz import files_of_settings, names, network, rfb
from tests.fuzz.corpus import keep
from tests.fuzz.fuzzed import Fuzzed
from tests.fuzz.target import Target

TARGETS = (*rfb.TARGETS, *network.TARGETS, *names.TARGETS, *files_of_settings.TARGETS)
DRAWN = 20
"""Inputs that strategies draw for a batch; they take milliseconds each."""
MUTATED = 980
MOST_GROWTH = 64.0
"""Megabytes that a target may take from its first batch to its last: it keeps nothing."""

Goes = Callable[[Fuzzed], bool]


def fuzz(target: Target, goes_on: Goes) -> bool:
    """Fuzz while `goes_on` says so, and print how it went; returns whether all was well.

    Ctrl+C ends it earlier.
    """
    began, memory = time.monotonic(), 0.0
    with target.opened() as check:
        fuzzed = Fuzzed(target, check)
        try:
            fuzzed.replay()
            while goes_on(fuzzed):
                fuzzed.batch(time.time_ns(), DRAWN, MUTATED)
                memory = memory or _megabytes()
        except KeyboardInterrupt:
            print("interrupted: ", end="")
        except Exception as error:
            path = keep(target.name, fuzzed.failing)
            print(f"{target.name}: {path.name} does harm: {error!r}", flush=True)
            return False
        grown = _megabytes() - memory if memory else 0.0
    took = max(time.monotonic() - began, 1e-3)
    rate = fuzzed.inputs / took
    print(
        f"{target.name}: {fuzzed.inputs:,} inputs in {took:.0f} s, {rate:,.0f} a second, "
        f"{grown:+.1f} MB",
        flush=True,
    )
    return grown < MOST_GROWTH


def _megabytes() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    names = ",".join(target.name for target in TARGETS)
    options = argparse.ArgumentParser("tests/run fuzz --", description=__doc__)
    length = options.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, default=10, help="for all targets together [10]")
    length.add_argument(
        "--release", action="store_true", help="as many inputs of each as a release has to take"
    )
    options.add_argument("--target", default=names, help=f"[{names}]")
    return options


def chosen(text: str) -> list[Target]:
    """Targets by their names; SystemExit for an unknown one."""
    known = {target.name: target for target in TARGETS}
    wanted = text.split(",")
    if unknown := [name for name in wanted if name not in known]:
        sys.exit(f"--target {unknown[0]}: expected {', '.join(known)}")
    return [known[name] for name in wanted]


def for_seconds(seconds: float) -> Goes:
    """Until that time is over."""
    end = time.monotonic() + seconds
    return lambda _: time.monotonic() < end


def for_inputs(count: int) -> Goes:
    """Until there were so many inputs."""
    return lambda fuzzed: fuzzed.inputs < count


def main(arguments: Sequence[str]) -> int:
    """Fuzz one target after the other; returns the exit status."""
    asked = parser().parse_args(arguments)
    targets = chosen(asked.target)
    each = asked.minutes * 60 / len(targets)
    well = [
        fuzz(target, for_inputs(target.release) if asked.release else for_seconds(each))
        for target in targets
    ]
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
