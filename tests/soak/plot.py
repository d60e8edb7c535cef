"""Samples over time as a picture: a panel for each measure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from tests.soak.samples import MEASURES, Sample, slope

WIDTH, HEIGHT = 720, 110
MARGIN = 64
UNITS = {"daemon": "MB", "x_server": "MB", "application": "MB"}


def plot(samples: Sequence[Sample]) -> str:
    """An SVG document; there must be a sample."""
    height = len(MEASURES) * (HEIGHT + MARGIN) + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH + 2 * MARGIN}" height="{height}"'
        ' font-family="sans-serif" font-size="11">',
        f'<rect width="{WIDTH + 2 * MARGIN}" height="{height}" fill="white"/>',
    ]
    for row, measure in enumerate(MEASURES):
        y = MARGIN + row * (HEIGHT + MARGIN)
        parts += [f'<g transform="translate({MARGIN} {y})">', *_panel(samples, measure), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(samples: Sequence[Sample], measure: str) -> Iterator[str]:
    values = [float(getattr(sample, measure)) for sample in samples]
    most, end = max(*values, 1.0), max(samples[-1].seconds, 1.0)
    title = f"{measure} {UNITS.get(measure, '')} ({slope(samples, measure):+.2f} an hour in all)"
    yield f'<text y="-8" font-weight="bold">{escape(title)}</text>'
    for part in (0.0, 0.5, 1.0):
        y = HEIGHT * (1 - part)
        yield f'<line x2="{WIDTH}" y1="{y:g}" y2="{y:g}" stroke="#ddd"/>'
        yield f'<text x="-4" y="{y + 4:g}" text-anchor="end">{most * part:.4g}</text>'
    yield f'<text x="{WIDTH}" y="{HEIGHT + 14}" text-anchor="end">{end / 60:.3g} minutes</text>'
    points = " ".join(
        f"{WIDTH * sample.seconds / end:.1f},{HEIGHT * (1 - value / most):.1f}"
        for sample, value in zip(samples, values, strict=True)
    )
    yield f'<polyline points="{points}" fill="none" stroke="#1f77b4" stroke-width="1.5"/>'
