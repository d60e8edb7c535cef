"""Results as a picture: a panel for each measure and link, a group of bars for each workload."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from tests.bench.measure import Result
from tests.bench.report import median

COLOURS = ("#7f7f7f", "#1f77b4", "#2ca02c", "#ff7f0e", "#9467bd", "#d62728")
PANEL_WIDTH, PANEL_HEIGHT = 420, 170
MARGIN = 56
GAP = 0.2  # of a group's width
LEGEND = 30


@dataclass(frozen=True, slots=True)
class Measure:
    """A field of Result, and the lighter bar behind it."""

    field: str
    title: str
    behind: str = ""


MEASURES = (
    Measure("shown", "frames shown, a second"),
    Measure("stale_p50", "staleness p50 (behind: p95), ms", "stale_p95"),
    Measure("latency_p50", "input to pixel p50 (behind: p95), ms", "latency_p95"),
    Measure("kilobytes", "to the browser, kB/s"),
    Measure("server_cpu", "server, cores"),
    Measure("server_memory", "server, MiB"),
    Measure("viewer_frames_least", "frames of the slowest other viewer, a second"),
)


@dataclass(frozen=True, slots=True)
class Panel:
    """What one panel shows: bars[group][stack]."""

    title: str
    groups: list[str]
    bars: list[list[tuple[float | None, float | None]]]


def plot(results: Sequence[Result]) -> str:
    """An SVG document."""
    good = [result for result in results if not result.error]
    stacks = list(dict.fromkeys(result.stack for result in good))
    places = list(dict.fromkeys((r.size, r.link, r.viewers) for r in good))
    rows = []
    for measure in MEASURES:
        panels = [_panel(good, measure, place, stacks) for place in places]
        if any(panel.groups for panel in panels):
            rows.append(panels)
    width = max(1, len(places)) * (PANEL_WIDTH + MARGIN) + MARGIN
    height = LEGEND + len(rows) * (PANEL_HEIGHT + MARGIN) + MARGIN // 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        ' font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *_legend(stacks),
    ]
    for row, panels in enumerate(rows):
        most = max(_most(panel) for panel in panels) or 1
        for column, panel in enumerate(panels):
            if not panel.groups:
                continue
            x = MARGIN + column * (PANEL_WIDTH + MARGIN)
            y = LEGEND + MARGIN // 2 + row * (PANEL_HEIGHT + MARGIN)
            parts += [f'<g transform="translate({x} {y})">', *_draw(panel, most), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(
    results: Sequence[Result],
    measure: Measure,
    place: tuple[str, str, int],
    stacks: Sequence[str],
) -> Panel:
    size, link, viewers = place
    here = [r for r in results if (r.size, r.link, r.viewers) == place]
    having = [r for r in here if getattr(r, measure.field) is not None]
    groups = list(dict.fromkeys(result.workload for result in having))
    bars = []
    for group in groups:
        members = [[r for r in having if (r.workload, r.stack) == (group, s)] for s in stacks]
        bars.append([_heights(repeats, measure) for repeats in members])
    crowd = f", {viewers} viewers" if viewers > 1 else ""
    return Panel(f"{measure.title} · {size} {link}{crowd}", groups, bars)


def _heights(results: Sequence[Result], measure: Measure) -> tuple[float | None, float | None]:
    behind = median(results, measure.behind) if measure.behind else None
    return median(results, measure.field), behind


def _most(panel: Panel) -> float:
    return max((h or 0 for group in panel.bars for bar in group for h in bar), default=0)


def _draw(panel: Panel, most: float) -> Iterator[str]:
    yield f'<text y="-8" font-weight="bold">{escape(panel.title)}</text>'
    for part in (0.0, 0.5, 1.0):
        y = PANEL_HEIGHT * (1 - part)
        yield f'<line x2="{PANEL_WIDTH}" y1="{y:g}" y2="{y:g}" stroke="#ddd"/>'
        yield f'<text x="-4" y="{y + 4:g}" text-anchor="end">{_number(most * part)}</text>'
    for number, (group, bars) in enumerate(zip(panel.groups, panel.bars, strict=True)):
        room = PANEL_WIDTH / len(panel.groups)
        width = room * (1 - GAP) / len(bars)
        left = number * room + room * GAP / 2
        for place, (height, behind) in enumerate(bars):
            x, colour = left + place * width, COLOURS[place % len(COLOURS)]
            yield from _bar(x, width, behind, most, colour, 0.35)
            yield from _bar(x, width, height, most, colour, 1)
        middle, below = (number + 0.5) * room, PANEL_HEIGHT + 14
        yield f'<text x="{middle:g}" y="{below}" text-anchor="middle">{escape(group)}</text>'


def _bar(
    x: float, width: float, value: float | None, most: float, colour: str, opacity: float
) -> Iterator[str]:
    if value is not None:
        height = PANEL_HEIGHT * value / most
        yield (
            f'<rect x="{x:.1f}" y="{PANEL_HEIGHT - height:.1f}" width="{width:.1f}"'
            f' height="{height:.1f}" fill="{colour}" fill-opacity="{opacity:g}">'
            f"<title>{_number(value)}</title></rect>"
        )


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _legend(stacks: Sequence[str]) -> Iterator[str]:
    for number, stack in enumerate(stacks):
        x, colour = MARGIN + 150 * number, COLOURS[number % len(COLOURS)]
        yield f'<rect x="{x}" y="8" width="12" height="12" fill="{colour}"/>'
        yield f'<text x="{x + 18}" y="18">{escape(stack)}</text>'
