"""The way of presses of the mouse to their pixels, read from what a page with ?trace=1 gave out.

python -m tests.bench.way desktopd-trace.json
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

# Seconds in which a press has to show.
_PATIENCE = 1.0
STEPS = (
    "event to page",
    "page to socket",
    "socket to server",
    "server to XTEST",
    "XTEST",
    "drawing",
    "damage",
    "wait for capture",
    "capture",
    "encoding",
    "to the loop",
    "socket to message",
    "decoding and painting",
    "refresh",
)
"""The ends of these follow each other; the first begins when the browser hears of the event."""


@dataclass(frozen=True, slots=True)
class Span:
    """One complete event of the trace, in milliseconds."""

    name: str
    began: float
    ended: float
    at: int
    """The bytes of a frame before it in its direction; -1 for what is no frame."""
    desktop: bool
    """Whether it is an event on the desktop's picture."""


def spans(trace: dict[str, Any]) -> list[Span]:
    """All of a trace, in the order of their beginnings."""
    found = [
        Span(
            event["name"],
            event["ts"] / 1e3,
            (event["ts"] + event["dur"]) / 1e3,
            event["args"].get("at", -1),
            event["args"].get("desktop", False),
        )
        for event in trace["traceEvents"]
        if event["ph"] == "X"
    ]
    return sorted(found, key=lambda span: span.began)


def ways(all_spans: Sequence[Span]) -> Iterator[tuple[float, ...]]:
    """For each press that has a picture: the milliseconds of its `STEPS`."""
    for press in (span for span in all_spans if span.name == "pointerdown" and span.desktop):
        try:
            ends = _ends(press, all_spans)
        except StopIteration:
            continue
        if ends[-1] - press.began < _PATIENCE * 1e3:
            starts = (press.began, *ends[:-1])
            yield tuple(end - start for start, end in zip(starts, ends, strict=True))


def _ends(press: Span, all_spans: Sequence[Span]) -> tuple[float, ...]:
    def first(name: str, fits: Callable[[Span], bool]) -> Span:
        return next(span for span in all_spans if span.name == name and fits(span))

    sent = first("send", lambda span: span.began >= press.ended - 0.2)
    heard = first("receive", lambda span: span.at == sent.at)
    pressed = first("XTEST", lambda span: span.ended >= heard.ended)
    damage = first("damage", lambda span: span.ended >= pressed.ended)
    captured = first("capture", lambda span: span.began >= damage.ended - 0.2)
    encoded = first("encode", lambda span: span.began >= captured.ended)
    handed = first("transmit", lambda span: span.began >= encoded.ended)
    message = first("message", lambda span: span.at == handed.at)
    drawn = first("refresh", lambda span: span.began >= message.began)
    return (
        press.ended,
        sent.began,
        heard.ended,
        pressed.began,
        pressed.ended,
        max(pressed.ended, damage.began),
        damage.ended,
        captured.began,
        captured.ended,
        encoded.ended,
        handed.began,
        message.began,
        drawn.began,
        drawn.ended,
    )


def table(taken: Sequence[tuple[float, ...]]) -> str:
    """Median and 95th percentile of each step, and of all together, in milliseconds."""
    lines = [f"{len(taken)} presses, ms{'p50':>22}{'p95':>8}"]
    rows = dict(zip(STEPS, zip(*taken, strict=True), strict=True))
    for name, values in {**rows, "all": tuple(map(sum, taken))}.items():
        lines.append(f"{name:28}{median(values):8.1f}{quantiles(values, n=20)[-1]:8.1f}")
    return "\n".join(lines)


def main() -> None:
    """Print the table of one trace."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trace", type=Path)
    taken = list(ways(spans(json.loads(parser.parse_args().trace.read_text("utf-8")))))
    print(table(taken) if len(taken) > 1 else "the trace has fewer than two presses that show")


if __name__ == "__main__":
    main()
