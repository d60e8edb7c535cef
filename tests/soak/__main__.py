"""Keeps a desktop busy for long, and says what grows: memory, descriptors, threads, shared memory.

    tests/run soak -- --minutes 60 --out FOLDER

Nothing is asserted; tests/unit/soak tests the parts that compute.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from tests.daemon import Daemon, daemons, short_folder
from tests.soak.load import Load
from tests.soak.plot import plot
from tests.soak.samples import MEASURES, Sample, slope, table, take

TRIMMED = 25.0
"""Seconds after which the daemon has given back what it has freed."""
LOOKS, APART = 4, 7.0
"""How often one looks at what rests, seconds apart: what is taken for a moment is given back 20 s
later, and the least of them is what is held."""
BUSY = "xterm -e sh -c 'while :; do date +%s.%N; sleep 0.05; done'"


def parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    options = argparse.ArgumentParser("tests/run soak --", description=__doc__)
    options.add_argument("--minutes", type=float, default=60, help="how long [60]")
    options.add_argument("--warm", type=float, default=10, help="minutes that no slope has [10]")
    options.add_argument("--viewers", type=int, default=4, help="at one moment [4]")
    options.add_argument("--visit", type=float, default=30, help="seconds of each viewer [30]")
    options.add_argument("--every", type=float, default=5, help="seconds between samples [5]")
    options.add_argument(
        "--rest-every", type=float, default=5, help="minutes until all leave for a while [5]"
    )
    options.add_argument("--app", default="napari", help="command, or 'busy': a clock [napari]")
    options.add_argument("--out", type=Path, required=True, help="folder of the results")
    return options


def main(arguments: list[str]) -> None:
    """Soak, and write soak.csv and soak.svg."""
    asked = parser().parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    with short_folder() as folder, daemons(folder) as start:
        files = folder / "files"
        files.mkdir()
        app = BUSY if asked.app == "busy" else asked.app
        desktop = start(app=app, size="1280x720", files_root=files)
        desktop.ready(120)
        try:
            samples, rested = asyncio.run(_soak(desktop, asked))
        finally:
            (asked.out / "daemon.log").write_text(desktop.log.read_text(errors="replace"))
    (asked.out / "soak.svg").write_text(plot(samples))
    _report(samples, rested, asked.warm * 60)


async def _soak(desktop: Daemon, asked: argparse.Namespace) -> tuple[list[Sample], list[Sample]]:
    """Samples of all the time, and those that were taken when all had left."""
    load = Load(desktop, asked.viewers, asked.visit)
    began = time.monotonic()
    samples: list[Sample] = []
    rested: list[Sample] = []

    async def look() -> Sample:
        return await asyncio.to_thread(take, desktop, time.monotonic() - began)

    async def least() -> Sample:
        looks = [await look()]
        for _ in range(LOOKS - 1):
            await asyncio.sleep(APART)
            looks.append(await look())
        return min(looks, key=lambda sample: sample.daemon)

    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(load.run())
        while time.monotonic() - began < asked.minutes * 60:
            samples.append(await look())
            (asked.out / "soak.csv").write_text(table(samples))
            if time.monotonic() - began > (len(rested) + 1) * asked.rest_every * 60:
                await load.rest(TRIMMED)
                rested.append(await least())
                (asked.out / "rested.csv").write_text(table(rested))
                load.go_on()
            await asyncio.sleep(asked.every)
        working.cancel()
    print(f"{load.visits} viewers, {load.pastes} copies, {load.uploads} uploads", end=", ")
    print(f"{load.resizes} resizes in {asked.minutes:g} minutes")
    return samples, rested


def _report(samples: list[Sample], rested: list[Sample], warm: float) -> None:
    """First and last sample, and how much each measure grows in an hour: busy, and at rest."""
    busy, at_rest = (
        [sample for sample in found if sample.seconds >= warm] or found
        for found in (samples, rested)
    )
    for measure in MEASURES:
        first, last = getattr(samples[0], measure), getattr(samples[-1], measure)
        growths = slope(busy, measure), slope(at_rest, measure)
        print(f"{measure:12} {first:8.1f} → {last:8.1f}   {growths[0]:+8.2f} an hour", end="")
        print(f", {growths[1]:+.2f} at rest")


if __name__ == "__main__":
    main(sys.argv[1:])
