"""What a client takes, and how gladly, by its ``Accept-…`` headers.

test_pages and test_language test it.
"""

from __future__ import annotations

MOST = 32
"""Names that are looked at, the first ones; browsers send a handful."""


def accepted(header: str) -> dict[str, float]:
    """The names of a header in small letters, with their weights (RFC 9110 section 12.4.2)."""
    weights: dict[str, float] = {}
    for item in header.lower().split(",", MOST)[:MOST]:
        name, _, parameter = item.partition(";")
        weights[name.strip()] = _weight(parameter)
    return weights


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
