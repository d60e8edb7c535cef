"""Sizes and rectangles in pixels."""

from __future__ import annotations

import pytest

from desktopd.geometry import Rectangle, Size

SCREEN = Size(640, 480)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1600x900", Size(1600, 900)), (" 64 X 8192 ", Size(64, 8192))],
)
def test_a_size_is_read(text: str, size: Size) -> None:
    assert Size.parse(text) == size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "WIDTHxHEIGHT"),
        ("1600", "WIDTHxHEIGHT"),
        ("1600x900x24", "WIDTHxHEIGHT"),
        ("-64x900", "WIDTHxHEIGHT"),
        ("63x900", "64 to 8192"),
        ("1600x8193", "64 to 8192"),
    ],
)
def test_what_is_no_size_is_told(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        Size.parse(text)


@pytest.mark.parametrize(
    ("asked", "least", "size"),
    [
        (Size(390, 844), Size(595, 535), Size(595, 1288)),
        (Size(844, 390), Size(595, 535), Size(1158, 535)),
        (Size(100, 100), Size(800, 600), Size(800, 800)),
        (Size(1280, 720), Size(595, 535), Size(1280, 720)),
        (Size(333, 777), Size(334, 1), Size(334, 779)),
    ],
)
def test_a_size_grows_in_its_shape(asked: Size, least: Size, size: Size) -> None:
    assert asked.grown(least) == size


def test_a_size_is_brought_into_its_range() -> None:
    assert Size(5000, 10).clamped(Size(1920, 1080)) == Size(1920, 64)


@pytest.mark.parametrize(
    ("rectangle", "seen"),
    [
        (Rectangle(10, 20, 30, 40), Rectangle(10, 20, 30, 40)),
        (Rectangle(-5, -6, 30, 40), Rectangle(0, 0, 25, 34)),
        (Rectangle(630, 470, 30, 40), Rectangle(630, 470, 10, 10)),
        (Rectangle(640, 0, 30, 40), None),
        (Rectangle(-30, 0, 30, 40), None),
    ],
)
def test_what_a_screen_shows_of_a_rectangle(rectangle: Rectangle, seen: Rectangle | None) -> None:
    assert rectangle.clipped(SCREEN) == seen


def test_the_smallest_rectangle_around_two() -> None:
    both = Rectangle(10, 20, 5, 5).union(Rectangle(0, 22, 3, 30))
    assert both == Rectangle(0, 20, 15, 32)
    assert (both.right, both.bottom, both.area) == (15, 52, 480)
    assert Rectangle.of(SCREEN) == Rectangle(0, 0, 640, 480)
