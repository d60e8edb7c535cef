"""Sizes and rectangles in pixels, shared by every room."""

from __future__ import annotations

import re
from dataclasses import dataclass

SMALLEST = 64
LARGEST = 8192
# How large programs may draw, 1 for 96 dots an inch.
SMALLEST_SCALE = 0.5
LARGEST_SCALE = 4.0


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a screen or framebuffer in pixels."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"

    @classmethod
    def parse(cls, text: str) -> Size:
        """Read ``WIDTHxHEIGHT``, each side from 64 to 8192 pixels.

        Raises ValueError that says what was expected.
        """
        match = re.fullmatch(r"\s*(\d{1,5})\s*[xX]\s*(\d{1,5})\s*", text)
        if match is None:
            raise ValueError("expected WIDTHxHEIGHT, e.g. 1600x900")
        size = cls(int(match[1]), int(match[2]))
        if size != size.clamped(cls(LARGEST, LARGEST)):
            raise ValueError(f"each side must be {SMALLEST} to {LARGEST} pixels")
        return size

    def clamped(self, largest: Size) -> Size:
        """The nearest size with each side from 64 pixels to that of `largest`."""
        return Size(
            max(SMALLEST, min(self.width, largest.width)),
            max(SMALLEST, min(self.height, largest.height)),
        )

    def grown(self, least: Size) -> Size:
        """This size where `least` fits into it, else the next larger one of the same shape."""
        factor = max(1.0, least.width / self.width, least.height / self.height)
        return (
            Size(
                max(least.width, round(self.width * factor)),
                max(least.height, round(self.height * factor)),
            )
            if factor > 1
            else self
        )


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a screen or framebuffer in pixels, from its top left corner."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}+{self.x}+{self.y}"

    @classmethod
    def of(cls, size: Size) -> Rectangle:
        """All of a screen."""
        return cls(0, 0, size.width, size.height)

    @property
    def right(self) -> int:
        """The first column beyond it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row beyond it."""
        return self.y + self.height

    @property
    def area(self) -> int:
        """Number of its pixels."""
        return self.width * self.height

    def union(self, other: Rectangle) -> Rectangle:
        """The smallest rectangle that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Rectangle(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def clipped(self, size: Size) -> Rectangle | None:
        """The part on a screen of this size; None when there is none."""
        x, y = max(0, self.x), max(0, self.y)
        width, height = min(self.right, size.width) - x, min(self.bottom, size.height) - y
        return Rectangle(x, y, width, height) if width > 0 and height > 0 else None
