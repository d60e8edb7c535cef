"""The panels of the page, by keyboard, for a screen reader and on a phone: on one desktop."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.dragging import Target, drag
from tests.chromium import Tab, pixels, save
from tests.daemon import daemons, short_folder

OpenTab = Callable[[str], Tab]


@pytest.fixture(scope="module")
def started() -> Iterator[Target]:
    with short_folder() as folder, daemons(folder) as start:
        yield Target(start, folder)


@pytest.fixture
def target(started: Target) -> Target:
    """The desktop without files, and without drops so far."""
    for path in started.root.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return started


def panel(target: Target, tab: OpenTab) -> Page:
    tab_ = tab(target.daemon.page)
    tab_.shows_desktop()
    page = tab_.page
    page.locator("#bar-handle").click()
    page.locator("#bar-files").click()
    expect(page.locator("#files")).to_be_visible()
    return page


def test_the_panel_lists_uploads_and_downloads(target: Target, tab: OpenTab, folder: Path) -> None:
    (target.root / "plates" / "raw").mkdir(parents=True)
    content = bytes(range(256)) * 5000
    (target.root / "plates" / "zwölf #1 100%.tif").write_bytes(content)
    (target.root / "notes.txt").write_text("notes")
    page = panel(target, tab)
    rows = page.locator("#files-list li")
    expect(rows).to_have_count(2)
    expect(rows.nth(0).locator(".name")).to_have_text("plates")
    expect(rows.nth(1)).to_contain_text("5 bytes")
    page.get_by_role("button", name="Folder plates").click()
    expect(page.locator("#files-trail [aria-current]")).to_have_text("plates")
    with page.expect_download() as download:
        page.get_by_role("link", name="Load zwölf #1 100%.tif").click()
    assert download.value.suggested_filename == "zwölf #1 100%.tif"
    assert download.value.path().read_bytes() == content
    with page.expect_download() as zipped:
        page.locator("#files-zip").click()
    names = zipfile.ZipFile(zipped.value.path()).namelist()
    assert {"plates/raw/", "plates/zwölf #1 100%.tif"} <= set(names)

    files = [folder / "a.tif", folder / "b.tif"]
    for file in files:
        file.write_bytes(file.name.encode())
    page.locator("#files-upload-input").set_input_files(files)
    expect(rows).to_have_count(4)
    assert (target.root / "plates" / "a.tif").read_bytes() == b"a.tif"
    save(pixels(page.screenshot()), "files")
    page.set_viewport_size({"width": 390, "height": 844})
    save(pixels(page.screenshot()), "files-phone")
    expect(page.get_by_role("button", name="Delete a.tif")).to_be_in_viewport(ratio=1)


def test_the_panel_deletes_after_a_question_by_keyboard_alone(target: Target, tab: OpenTab) -> None:
    (target.root / "plates").mkdir()
    (target.root / "plates" / "cells.tif").write_text("cells")
    (target.root / "notes.txt").write_text("notes")
    page = panel(target, tab)
    rows = page.locator("#files-list li")
    expect(rows).to_have_count(2)
    remove = page.get_by_role("button", name="Delete plates")
    remove.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#files-remove-warning")).to_contain_text("plates")
    save(pixels(page.screenshot()), "files-delete")
    page.keyboard.press("Escape")
    expect(page.locator("#files-remove")).to_be_hidden()
    expect(remove).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    assert not (target.root / "plates").exists()
    target.daemon.request("PUT", "/api/files/new.txt", content=b"new")
    expect(rows).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator("#files")).to_be_hidden()


def test_the_last_of_thousands_is_within_reach_of_the_keyboard(
    target: Target, tab: OpenTab
) -> None:
    for number in range(3000):
        (target.root / f"cells {number:04}.tif").touch()
    page = panel(target, tab)
    last = page.locator("#files-list li").nth(2999)
    last.get_by_role("link").focus()
    expect(last).to_be_in_viewport()
    expect(last).to_contain_text("cells 2999.tif")
    page.keyboard.press("F2")
    expect(page.get_by_role("dialog", name="Rename cells 2999.tif")).to_be_visible()


def test_a_file_dropped_on_the_panel_goes_into_its_folder(
    target: Target, tab: OpenTab, folder: Path
) -> None:
    (target.root / "plates").mkdir()
    file = folder / "cells.tif"
    file.write_text("cells")
    page = panel(target, tab)
    page.get_by_role("button", name="Folder plates").click()
    expect(page.locator("#files-empty")).to_be_visible()
    drag(page, (640, 360), files=[file])
    expect(page.locator("#files-list li")).to_have_count(1)
    assert (target.root / "plates" / "cells.tif").read_text() == "cells"
    assert target.drops() == []


def rename(page: Page, to: str) -> None:
    page.locator("#files-name-input").fill(to)
    page.keyboard.press("Enter")


def test_the_panel_renames_and_makes_folders_by_keyboard_alone(
    target: Target, tab: OpenTab
) -> None:
    (target.root / "cells.ome.tif").write_text("cells")
    (target.root / "notes.txt").write_text("notes")
    page = panel(target, tab)
    rows, error = page.locator("#files-list li"), page.locator("#files-name-error")
    page.get_by_role("link", name="Load cells.ome.tif").focus()
    page.keyboard.press("F2")
    expect(page.get_by_role("textbox", name="New name")).to_be_focused()
    page.keyboard.type("kidney")
    save(pixels(page.screenshot()), "files-rename")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Load kidney.ome.tif")).to_be_focused()
    expect(page.locator("#files-status")).to_have_text("cells.ome.tif is now kidney.ome.tif.")
    assert (target.root / "kidney.ome.tif").read_text() == "cells"

    page.get_by_role("button", name="New folder…").focus()
    page.keyboard.press("Enter")
    rename(page, "..")
    expect(error).to_contain_text("more than dots")
    rename(page, "back\\slash")
    expect(error).to_contain_text("a backslash in a name")
    rename(page, "plates")
    expect(page.get_by_role("button", name="Folder plates")).to_be_focused()
    assert (target.root / "plates").is_dir()
    page.keyboard.press("F2")
    rename(page, "notes.txt")
    expect(error).to_contain_text("There is notes.txt already. Choose another name.")
    expect(page.locator("#files-name-replace")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Folder plates")).to_be_focused()
    expect(rows).to_have_count(3)


@pytest.mark.parametrize("key", ["F2", "Delete"])
def test_a_dialog_returns_to_its_row_though_the_folder_has_changed(
    target: Target, tab: OpenTab, key: str
) -> None:
    (target.root / "notes.txt").write_text("notes")
    page = panel(target, tab)
    page.get_by_role("link", name="Load notes.txt").focus()
    page.keyboard.press(key)
    (target.root / "another.txt").write_text("by somebody else")
    answer = target.daemon.request("PUT", "/api/files/third.txt", content=b"told at once")
    answer.raise_for_status()
    expect(page.locator("#files-list li")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Load notes.txt")).to_be_focused()


def test_nothing_is_replaced_without_a_question(target: Target, tab: OpenTab, folder: Path) -> None:
    (target.root / "new.txt").write_text("new")
    (target.root / "old.txt").write_text("old")
    page = panel(target, tab)
    page.get_by_role("button", name="Rename new.txt").click()
    rename(page, "old.txt")
    expect(page.locator("#files-name-error")).to_contain_text("replace that file for good")
    save(pixels(page.screenshot()), "files-replace")
    assert (target.root / "old.txt").read_text() == "old"
    page.get_by_role("button", name="Replace it").click()
    expect(page.locator("#files-list li")).to_have_count(1)
    assert (target.root / "old.txt").read_text() == "new"

    file = folder / "old.txt"
    file.write_text("uploaded")
    page.locator("#files-upload-input").set_input_files([file])
    expect(page.locator("#files-list li")).to_have_count(2)
    assert (target.root / "old.txt").read_text() == "new"
    assert (target.root / "old (2).txt").read_text() == "uploaded"
    drag(page, (640, 360), files=[file])
    expect(page.locator("#files-list li")).to_have_count(3)
    assert (target.root / "old (3).txt").read_text() == "uploaded"


FAULTS = Path(__file__).with_name("panel_faults.js").read_text()
SNAPSHOTS = {
    "clipboard": """
      - dialog "Clipboard":
        - heading "Clipboard" [level=2]
        - textbox /Text on the desktop/
        - button "Copy to this computer"
        - button "Close"
    """,
    "files": """
      - dialog "Files of the desktop":
        - heading "Files of the desktop" [level=2]
        - navigation "Folder":
          - button "Files"
        - list "Files and folders":
          - listitem:
            - button "Folder plates"
            - link "Load plates as zip"
            - button "Rename plates"
            - button "Delete plates"
          - listitem:
            - link /Load a long name/
            - button /Rename a long name/
            - button /Delete a long name/
        - link "Load all as zip"
        - button "New folder…"
        - button "Upload…"
        - button "Upload a folder…"
        - button "Close"
    """,
    "about": """
      - dialog "About this session":
        - term: Application
        - definition: /running/
        - button "Close"
    """,
    "restart": """
      - alertdialog "Restart the application?":
        - heading "Restart the application?" [level=2]
        - paragraph: What has not been saved in it is lost.
        - button "Restart"
        - button "Cancel"
    """,
}


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_every_panel_by_keyboard_and_for_a_screen_reader(
    target: Target, chromium: Browser, width: int, height: int
) -> None:
    (target.root / "plates").mkdir()
    for name in ("a long name " * 20, *(f"{number}.tif" for number in range(15))):
        (target.root / name.strip()).write_text("cells")
    phone = width < 500
    size: ViewportSize = {"width": width, "height": height}
    context = chromium.new_context(viewport=size, has_touch=phone, is_mobile=phone)
    tab = Tab(context.new_page())
    page, desktop = tab.page, tab.page.get_by_role("textbox", name="Keyboard input for the desktop")
    page.goto(target.daemon.page)
    tab.shows_desktop()
    desktop.focus()
    expect(desktop).to_have_accessible_description(re.compile("F6 leaves"))
    handle = page.locator("#bar-handle").bounding_box()
    assert handle is not None
    assert min(handle["width"], handle["height"]) >= 24
    # The menus of applications are at the left.
    assert handle["x"] > width * 0.4
    for panel, snapshot in SNAPSHOTS.items():
        page.keyboard.press("F6" if phone else "Control+Alt+Shift+KeyM")
        expect(page.locator("#bar-menu :focus")).to_have_count(1)
        while page.evaluate("document.activeElement.id") != f"bar-{panel}":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        dialog = page.locator(f"#{panel}")
        expect(dialog).to_match_aria_snapshot(snapshot)
        expect(dialog.locator(":focus-visible")).to_have_count(1)
        save(pixels(page.screenshot()), f"panel-{panel}-{width}")
        assert page.evaluate(FAULTS, phone) == []
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(desktop).to_be_focused()
    assert tab.errors == []
    context.close()
