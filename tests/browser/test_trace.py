"""A trace of the page and the server, by a press on a real desktop."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.bench.way import spans, ways
from tests.chromium import Tab
from tests.daemon import Daemon, until

# Writes what a terminal tells of each press.
ECHOING = "xterm -e sh -c 'printf \"\\033[?1000h\"; exec cat'"


def test_a_trace_holds_the_way_of_a_press_to_its_pixels(
    daemon: Callable[..., Daemon], tab: Callable[[str], Tab]
) -> None:
    """Its two clocks agree well enough that each step comes after the one before it."""
    desktop = daemon(app=ECHOING, display="xvfb", size="640x480")
    desktop.ready()
    opened = tab(f"{desktop.base}/?token={desktop.token}&bar=0&resize=off&trace=1")
    opened.shows_desktop()
    button = opened.page.get_by_role("button", name="Download trace")
    button.wait_for(timeout=30_000)
    canvas = opened.page.locator("#desktop canvas")

    def taken() -> list[tuple[float, ...]]:
        canvas.click(position={"x": 320, "y": 240})
        with opened.page.expect_download() as download:
            button.click()
        trace = json.loads(Path(download.value.path()).read_text("utf-8"))
        return list(ways(spans(trace)))

    found: list[tuple[float, ...]] = []
    until(lambda: found.extend(taken()) or len(found) > 2, 60, "presses that show")
    assert all(step > -50 for way in found for step in way)
