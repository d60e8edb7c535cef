"""Input of Chromium's own, below what a page may make up (CDP, Input)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

CONTROL = 2


class ChromeInput:
    """Mouse, trackpad and fingers of one page."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def mouse(self, kind: str, x: float, y: float, **facts: object) -> None:
        self._session.send("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **facts})

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        fingers: list[dict[str, Any]] = [
            {"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)
        ]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    @contextmanager
    def fingers(self, *points: tuple[float, float]) -> Iterator[None]:
        """Fingers are on the screen inside the block, which may move them."""
        for number in range(len(points)):
            self.touch("touchStart", *points[: number + 1])
        yield
        self.touch("touchEnd")

    def pinch(self, x: float, y: float, steps: int) -> None:
        """Pinch on a trackpad: 10 steps apart, or below 0 together, are about twice the size."""
        for _ in range(abs(steps)):
            delta = -7 if steps > 0 else 7
            self.mouse("mouseWheel", x, y, deltaX=0, deltaY=delta, modifiers=CONTROL)
