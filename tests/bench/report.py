"""Results as tables in Markdown: the median of the repeats, and their range."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tests.bench.measure import Result

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Column:
    """A field of Result and how it is shown."""

    field: str
    title: str
    digits: int = 0


USED = (
    Column("kilobytes", "kB/s"),
    Column("server_cpu", "server, cores", 2),
    Column("browser_cpu", "browser, cores", 2),
    Column("machine_cpu", "machine, cores", 2),
    Column("server_memory", "server, MiB"),
)
MOTION = (
    Column("offered", "drawn/s", 1),
    Column("shown", "shown/s", 1),
    Column("stale_p50", "stale p50, ms"),
    Column("stale_p95", "stale p95, ms"),
    Column("input_p50", "input p50, ms"),
    Column("input_p95", "input p95, ms"),
    Column("torn", "torn"),
    Column("unread", "unread"),
    *USED,
    Column("psnr", "PSNR moving, dB", 1),
    Column("exact", "exact after, ms"),
)
CLICKS = (
    Column("latency_p50", "p50, ms"),
    Column("latency_p95", "p95, ms"),
    Column("missed", "missed"),
    *USED,
)
VIEWERS = (
    Column("viewer_frames", "frames/s of the others, median", 1),
    Column("viewer_frames_least", "least", 1),
    Column("viewers_cpu", "others, cores", 2),
)


def table(results: Sequence[Result]) -> str:
    """One table for each kind of workload, and what failed."""
    good = [result for result in results if not result.error]
    crowds = [result for result in good if result.viewers > 1]
    alone = [result for result in good if result.viewers == 1]
    clicks = [result for result in alone if result.workload.startswith("click")]
    idle = [result for result in alone if result.workload == "idle"]
    motion = [result for result in alone if result not in clicks and result not in idle]
    parts = [
        "# Desktops in a browser",
        "Medians (least to most) of the repeats.",
        *_section("Motion", motion, MOTION),
        *_section("Click to pixel", clicks, CLICKS),
        *_section("Idle", idle, USED),
        *_section("More viewers", crowds, (*VIEWERS, *MOTION)),
        *_failures(results),
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, results: Sequence[Result], columns: Sequence[Column]) -> Iterator[str]:
    if not results:
        return
    heads = ["size", "link", "viewers", "workload", "stack", "n", *(c.title for c in columns)]
    lines = [_line(heads), _line(["---"] * len(heads))]
    for place, repeats in grouped(results):
        values = (summary(repeats, column) for column in columns)
        lines.append(_line([*place, str(len(repeats)), *values]))
    yield f"## {title}"
    yield "\n".join(lines)


def grouped(results: Sequence[Result]) -> Iterator[tuple[tuple[str, ...], list[Result]]]:
    """Repeats together, in the order in which they were first measured."""

    def place(result: Result) -> tuple[str, ...]:
        return result.size, result.link, str(result.viewers), result.workload, result.stack

    def rank(result: Result) -> tuple[int, ...]:
        head = place(result)
        return tuple(order[head[: depth + 1]] for depth in range(len(head)))

    order: dict[tuple[str, ...], int] = {}
    for result in results:
        for depth in range(5):
            order.setdefault(place(result)[: depth + 1], len(order))
    for key, repeats in groupby(sorted(results, key=rank), place):
        yield key, list(repeats)


def median(results: Sequence[Result], field: str) -> float | None:
    """Of the results that have it; None when none has."""
    values = [value for result in results if (value := getattr(result, field)) is not None]
    return statistics.median(values) if values else None


def summary(results: Sequence[Result], column: Column) -> str:
    """The median, with the range when the repeats differ."""
    middle = median(results, column.field)
    if middle is None:
        return NOTHING
    values = [value for r in results if (value := getattr(r, column.field)) is not None]
    shown, least, most = (f"{v:.{column.digits}f}" for v in (middle, min(values), max(values)))
    return shown if least == most else f"{shown} ({least} to {most})"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _failures(results: Sequence[Result]) -> Iterator[str]:
    failed = [result for result in results if result.error]
    if failed:
        yield "## Failed"
        yield "\n".join(
            f"- {r.stack} {r.size} {r.link} {r.viewers} viewers, {r.workload}: "
            + " ".join(r.error.split())
            for r in failed
        )
