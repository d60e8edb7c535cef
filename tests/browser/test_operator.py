"""What whoever runs the desktop says and refuses (what leaves): the banner, and what is grey."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from playwright.sync_api import expect

from tests.chromium import Tab, save
from tests.daemon import Daemon, until

Start = Callable[..., Daemon]
OpenTab = Callable[[str], Tab]
WITHIN = 30_000
"""Milliseconds, on a machine that is busy."""
BANNER = "Everything that you do here is recorded. <b>Ask</b> data@example.org."


def pointer(desktop: Daemon) -> str:
    argv = ["xdotool", "getmouselocation"]
    done = subprocess.run(argv, env=desktop.environment(), capture_output=True, text=True)
    return done.stdout


def test_the_banner_stands_above_the_desktop_and_what_is_refused_is_grey(
    daemon: Start, tab: OpenTab
) -> None:
    desktop = daemon(app="xterm", display="xvfb", banner=BANNER, clipboard="in", files="download")
    desktop.ready()
    signed_out = tab(desktop.base)
    expect(signed_out.page.get_by_role("note")).to_have_text(BANNER, timeout=WITHIN)
    page = tab(desktop.page)
    page.shows_desktop()
    note, place = page.page.locator("#banner"), page.page.locator("#desktop")
    expect(note).to_have_text(BANNER, timeout=WITHIN)
    above, below = note.bounding_box(), place.bounding_box()
    assert above
    assert below
    assert above["y"] == 0
    assert above["height"] > 10
    assert 0 <= below["y"] - above["height"] < 1
    assert below["y"] + below["height"] == 720
    # The desktop has the room that is left, and a point of it is where it is seen.
    until(lambda: desktop.session()["display"]["height"] <= below["height"], 30, "its size")
    page.page.mouse.move(100, below["y"] + 60)
    until(lambda: "x:100 y:60" in pointer(desktop), 30, "the pointer")
    save(page.picture(), "banner")

    page.page.locator("#bar-handle").click()
    page.page.locator("#bar-clipboard").click()
    expect(page.page.locator("#clipboard-copy")).to_be_disabled(timeout=WITHIN)
    expect(page.page.locator("#clipboard-hint")).to_contain_text(
        "copied from this desktop", timeout=WITHIN
    )
    expect(page.page.locator("#clipboard-text")).to_be_editable()


def test_a_clipboard_that_is_off_is_grey_with_the_reason(daemon: Start, tab: OpenTab) -> None:
    desktop = daemon(app="xterm", display="xvfb", clipboard="off")
    page = tab(desktop.page)
    page.shows_desktop()
    page.page.locator("#bar-handle").click()
    button = page.page.locator("#bar-clipboard")
    expect(button).to_be_disabled(timeout=WITHIN)
    expect(button).to_have_attribute("title", "Nothing may be copied to this desktop or from it.")
    expect(page.page.locator("#banner")).to_be_hidden()
