"""What programs drag out of the desktop or copy, downloaded in the page."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.dragging import Start, Target
from tests.chromium import Tab, pixels, save
from tests.daemon import until
from tests.x11.dragging import Drag, X, Y, shown

OpenTab = Callable[[str], Tab]


@pytest.fixture
def target(daemon: Start, folder: Path) -> Target:
    return Target(daemon, folder)


def drag_out(page: Page, drag: Drag) -> None:
    """Drag with the page's own mouse over the edge of the picture, which fills the window."""
    page.mouse.move(X, Y)
    page.mouse.down()
    page.mouse.move(X + 20, Y + 20, steps=5)
    page.mouse.move(640, 400, steps=10)

    def is_taken() -> bool:
        page.mouse.move(1400, 420, steps=3)
        return drag.accepted()

    until(is_taken, 20, "a place that takes the files")
    page.mouse.up()


def test_files_dragged_out_of_a_program_are_downloaded(
    target: Target, tab: OpenTab, folder: Path
) -> None:
    cells, plate = target.root / "zwölf #1 100%.tif", target.root / "plate"
    cells.write_bytes(bytes(range(256)) * 999)
    plate.mkdir()
    elsewhere = folder / "secret"
    elsewhere.write_text("secret")
    tab_ = tab(target.daemon.page)
    tab_.shows_desktop()
    page = tab_.page
    offer = page.locator("#downloads")
    with shown(target.daemon.environment(), folder, cells, plate, elsewhere) as drag:
        drag_out(page, drag)
        expect(offer).to_be_visible(timeout=20_000)
    expect(offer).to_contain_text("Dragged out of the desktop")
    expect(offer).to_contain_text("One cannot be loaded")
    expect(page.get_by_role("link", name="Load plate as zip")).to_be_visible()
    save(pixels(page.screenshot()), "dragged-out")
    with page.expect_download() as download:
        page.get_by_role("link", name="Load zwölf #1 100%.tif").click()
    assert download.value.path().read_bytes() == cells.read_bytes()
    page.get_by_role("button", name="Close").click()
    expect(offer).to_be_hidden()
    expect(page.locator("#text-field")).to_be_focused()
    assert target.drops() == []


def test_files_copied_in_a_program_are_offered(target: Target, tab: OpenTab) -> None:
    cells = target.root / "cells.tif"
    cells.write_bytes(b"cells")
    tab_ = tab(target.daemon.page)
    tab_.shows_desktop()
    page = tab_.page
    copy = ["xclip", "-in", "-selection", "clipboard", "-target", "text/uri-list"]
    subprocess.run(
        copy, input=cells.as_uri().encode(), env=target.daemon.environment(), check=True, timeout=20
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Load cells.tif").click(timeout=20_000)
    assert download.value.path().read_bytes() == b"cells"
