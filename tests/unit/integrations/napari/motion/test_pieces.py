"""Parts cover a drawing once, and take about the same time each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktopd.integrations.napari.motion.pieces import FIRST, ROWS, Part, Parts, bands, primitives

SECONDS = 0.02
HEIGHT = 671


def drawn(parts: Parts, cost: Callable[[Part], float]) -> list[Part]:
    """Draw them all, where each takes its cost in seconds."""
    found = []
    while parts.left:
        found.append(parts.next())
        parts.took(found[-1], cost(found[-1]))
    return found


def covered(parts: list[Part]) -> list[int]:
    return [unit for part in parts for unit in range(part.first, part.first + part.count)]


@pytest.mark.parametrize("height", [1, 3, 64, HEIGHT, 2000])
@pytest.mark.parametrize("whole", [0.0, 0.03, 0.4, 5.0])
def test_each_row_is_in_one_band(height: int, whole: float) -> None:
    parts = drawn(bands(height, whole, SECONDS), lambda part: whole * part.count / height)
    assert covered(parts) == [*range(height)]


@pytest.mark.parametrize("count", [1, 1000, 123_457])
def test_each_primitive_is_in_one_part(count: int) -> None:
    assert covered(drawn(primitives(count, SECONDS), lambda part: 1e-5 * part.count)) == [
        *range(count)
    ]


def test_bands_take_the_time_that_they_may() -> None:
    whole = 0.4
    parts = drawn(bands(HEIGHT, whole, SECONDS), lambda part: whole * part.count / HEIGHT)
    assert max(whole * part.count / HEIGHT for part in parts) <= SECONDS


def test_empty_rows_do_not_make_the_first_dense_band_long() -> None:
    """Nothing in the lower half, and all of the work in the upper."""
    whole, middle = 1.0, HEIGHT // 2

    def cost(part: Part) -> float:
        dense = sum(row >= middle for row in range(part.first, part.first + part.count))
        return whole * dense / (HEIGHT - middle)

    assert max(map(cost, drawn(bands(HEIGHT, whole, SECONDS), cost))) <= SECONDS * 1.1


def test_what_is_quick_is_one_band() -> None:
    assert len(drawn(bands(HEIGHT, SECONDS / 2, SECONDS), lambda part: 0.001)) == 1


def test_bands_have_whole_blocks_of_rows() -> None:
    parts = drawn(bands(HEIGHT, 30.0, SECONDS), lambda part: 30.0 * part.count / HEIGHT)
    assert {part.count % ROWS for part in parts[:-1]} == {0}


def test_primitives_are_drawn_in_as_few_parts_as_fit() -> None:
    parts = drawn(primitives(20_000, SECONDS), lambda part: 8e-6 * part.count)
    assert parts[0].count == FIRST
    assert max(8e-6 * part.count for part in parts) <= SECONDS
    assert len(parts) < 15


def test_a_part_that_took_long_is_followed_by_a_smaller_one() -> None:
    parts = primitives(20_000, SECONDS)
    first = parts.next()
    parts.took(first, 4 * SECONDS)
    assert parts.next().count == FIRST // 4
