"""Sizes in pixels, shared by every room."""

from __future__ import annotations

import re
from dataclasses import dataclass

SMALLEST = 64
LARGEST = 8192


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
