"""Desktops in a browser, measured.

    tests/run bench -- --quick --out FOLDER
    python -m tests.bench --stack tigervnc,desktopd-native --link slow --out FOLDER

Writes results.jsonl (one line for each workload of each session), table.md and plot.svg. More than
one viewer is measured on the first of the links and with moving pictures only.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

from desktopd.geometry import Size
from tests.bench.all_stacks import STACKS
from tests.bench.link import PROFILES
from tests.bench.measure import Cell, Result
from tests.bench.plot import plot
from tests.bench.record import recorded
from tests.bench.report import table
from tests.bench.session import DRAGS, LIVE, Session, Work, opened
from tests.bench.workload import KINDS

CACHE = Path.home() / ".cache" / "desktopd-tests" / "bench"
NAMES = (*KINDS, LIVE, *DRAGS)
WORKLOADS = "idle,typing,click,clickload,replay3d@30,replay3d@60,replay2d@30,napari-live,drag-3d"
QUICK = {
    "link": "lan",
    "workload": "idle,click,replay3d@30",
    "viewers": "1",
    "repeats": 1,
    "seconds": 3.0,
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A session, and what runs in it."""

    cell: Cell
    works: tuple[Work, ...]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        "tests/run bench --",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--out", type=Path, required=True, metavar="FOLDER", help="where the results go")
    usual = ",".join(name for name in STACKS if not name.startswith(("ondemand", "selkies")))
    add(
        "--stack",
        default=usual,
        metavar="NAME,…",
        help="default: %(default)s; selkies, ondemand-tigervnc, …",
    )
    add("--workload", default=WORKLOADS, metavar="NAME[@FPS],…", help="default: %(default)s")
    add("--link", default="lan,dsl,slow", metavar="NAME,…", help="default: %(default)s")
    add("--size", default="1280x720", metavar="WxH,…", help="default: %(default)s")
    add("--viewers", default="1,4,30", metavar="N,…", help="default: %(default)s")
    add("--repeats", type=int, default=3, metavar="N", help="default: %(default)s")
    add("--seconds", type=float, default=6.0, help="that are measured; default: %(default)s")
    add("--no-pictures", action="store_true", help="leave out how good the pictures are")
    add("--cache", type=Path, default=CACHE, metavar="FOLDER", help="of recorded frames")
    add("--quick", action="store_true", help="about three minutes: " + _in_words(QUICK))
    return made


def _in_words(options: dict[str, object]) -> str:
    return " ".join(f"--{name} {value}" for name, value in options.items())


def planned(options: argparse.Namespace) -> Iterator[Planned]:
    """Every session; a repeat goes through all before the next begins."""
    stacks, links = _among("stack", options.stack, STACKS), _among("link", options.link, PROFILES)
    works = tuple(Work.parse(text) for text in options.workload.split(","))
    _among("workload", ",".join(work.name for work in works), NAMES)
    sizes = [str(_size(text)) for text in options.size.split(",")]
    moving = tuple(work for work in works if work.name.startswith(("replay", LIVE)))
    for repeat in range(options.repeats):
        for size in sizes:
            for viewers in map(int, options.viewers.split(",")):
                for link in links if viewers == 1 else links[:1]:
                    chosen = works if viewers == 1 else moving
                    for stack in stacks if chosen else ():
                        yield Planned(Cell(stack, size, link, viewers, repeat), chosen)


def _among(option: str, given: str, known: Iterable[str]) -> list[str]:
    names = given.split(",")
    if unknown := set(names) - set(known):
        sys.exit(f"--{option} {given}: {', '.join(unknown)} is unknown; one of {', '.join(known)}")
    return names


def _size(given: str) -> Size:
    try:
        return Size.parse(given)
    except ValueError as error:
        sys.exit(f"--size {given}: {error}")


def measured(
    plan: Planned, options: argparse.Namespace, playwright: Playwright
) -> Iterator[Result]:
    """What came of a session; a workload that fails is a result with its error."""
    done = 0
    try:
        with opened(plan.cell, options.cache, playwright) as session:
            for work in plan.works:
                yield attempt(session, work, options)
                done += 1
    except Exception as failure:
        for work in plan.works[done:]:
            yield failed(plan.cell, work, failure)


def attempt(session: Session, work: Work, options: argparse.Namespace) -> Result:
    """One workload."""
    try:
        return session.run(work, options.seconds, pictures=not options.no_pictures)
    except Exception as failure:
        return failed(session.cell, work, failure)


def failed(cell: Cell, work: Work, failure: Exception) -> Result:
    """A result that says why there is none."""
    reason = f"{type(failure).__name__}: {failure}"
    print(f"{work}: {reason}", file=sys.stderr)
    return Result(**asdict(cell), workload=str(work), error=reason[:500])


def main(arguments: Sequence[str]) -> int:
    command_line = parser()
    if command_line.parse_args(arguments).quick:
        command_line.set_defaults(**QUICK, no_pictures=True)
    options = command_line.parse_args(arguments)
    plans = list(planned(options))
    for scene, size in {(w.scene, p.cell.size) for p in plans for w in p.works}:
        recorded(scene, Size.parse(size), options.cache)
    options.out.mkdir(parents=True, exist_ok=True)
    results = []
    with sync_playwright() as playwright, (options.out / "results.jsonl").open("a") as lines:
        for number, plan in enumerate(plans, 1):
            print(f"{time.strftime('%H:%M:%S')} {number}/{len(plans)} {plan.cell}", flush=True)
            for result in measured(plan, options, playwright):
                results.append(result)
                print(json.dumps(asdict(result)), file=lines, flush=True)
    (options.out / "table.md").write_text(table(results))
    (options.out / "plot.svg").write_text(plot(results))
    print(table(results))
    return any(result.error for result in results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
