"""Results that a program writes: the badge, the list and the download. xterm is enough."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from tests.chromium import Tab, save
from tests.daemon import Daemon, until

Start = Callable[..., Daemon]
OpenTab = Callable[[str], Tab]
SECONDS = 15_000


def remembers(page: Page) -> bool:
    """Whether the page has heard which results there were."""
    return bool(page.evaluate("Object.keys(localStorage).some((key) => key.endsWith('results'))"))


def test_a_new_result_has_a_badge_and_is_downloaded(
    daemon: Start, tab: OpenTab, folder: Path
) -> None:
    results_folder = folder / "files" / "out" / "today"
    results_folder.mkdir(parents=True)
    (results_folder / "old.csv").write_text("old")
    desktop = daemon(app="xterm", display="xvfb", files_root=folder / "files", results="out/today")
    page = tab(desktop.page).page
    until(lambda: remembers(page), 15, "the results that there were")
    badge, handle = page.locator("#bar-badge"), page.locator("#bar-handle")
    expect(badge).to_be_hidden()
    result = results_folder / "areas of cells.csv"
    result.write_bytes(bytes(range(256)) * 1000)
    expect(badge).to_have_text("1", timeout=SECONDS)
    expect(handle).to_have_attribute("aria-label", "Menu, 1 new result")
    # Nothing has been there before it was asked for.
    expect(page.locator("#files")).to_be_hidden()
    page.reload()
    expect(badge).to_have_text("1", timeout=SECONDS)
    handle.click()
    expect(page.locator("#bar-files")).to_contain_text("1 new result")
    page.locator("#bar-files").click()
    results = page.locator("#results")
    expect(results).to_contain_text("areas of cells.csv")
    expect(results).to_contain_text("256 kB")
    expect(results.get_by_role("listitem")).to_have_count(1)
    save(Tab(page).picture(), "results")
    with page.expect_download() as download:
        results.get_by_role("link", name="Download areas of cells.csv").click()
    assert download.value.suggested_filename == "areas of cells.csv"
    assert Path(download.value.path()).read_bytes() == result.read_bytes()
    page.keyboard.press("Escape")
    expect(badge).to_be_hidden()
    result.write_text("once more")
    expect(badge).to_have_text("1", timeout=SECONDS)

    chunk = results_folder / "cells.zarr" / "c" / "0"
    chunk.parent.mkdir(parents=True)
    chunk.write_bytes(b"chunk")
    expect(badge).to_have_text("2", timeout=SECONDS)
    handle.click()
    page.locator("#bar-files").click()
    with page.expect_download() as download:
        results.get_by_role("link", name="Download cells.zarr").click()
    assert download.value.suggested_filename == "cells.zarr.zip"
    with ZipFile(download.value.path()) as archive:
        assert archive.read("cells.zarr/c/0") == b"chunk"
