"""napari's windows on a laptop and on a phone: what fills, what floats, and the menu's list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.napari_desktop import Napari, running
from tests.chromium import Tab
from tests.daemon import until

OpenTab = Callable[[str], Tab]
LAPTOP, LYING, STANDING = (1280, 720), (844, 390), (390, 844)
PREFERENCES = "v.window._open_preferences_dialog()"
FULL_SCREEN = "v.window._toggle_fullscreen()"
# Where napari's main window is, whether it thinks to fill, and its open dialogs' last button.
DESCRIBE = """
import json
from qtpy.QtWidgets import QApplication, QDialog, QPushButton
w = v.window._qt_window
found = {"area": [w.x(), w.y(), w.width(), w.height()], "dialogs": []}
for d in QApplication.topLevelWidgets():
    if isinstance(d, QDialog) and d.isVisible():
        b = [one for one in d.findChildren(QPushButton) if one.isVisible()][-1]
        at = b.mapToGlobal(b.rect().bottomRight())
        found["dialogs"].append([at.x(), at.y()])
json.dump(found, open({path!r}, "w"))
"""


@pytest.fixture(scope="module")
def napari() -> Iterator[Napari]:
    with running("napari {data}/cells.tif", restore=False) as napari:
        yield napari


def describe(napari: Napari) -> dict[str, Any]:
    path = napari.data / "windows.json"
    napari.run(DESCRIBE.replace("{path!r}", repr(str(path))))
    return dict(json.loads(path.read_text()))


def windows(napari: Napari) -> list[dict[str, Any]]:
    return list(napari.daemon.session()["windows"])


def look(tab: OpenTab, napari: Napari, size: tuple[int, int]) -> Tab:
    page = tab(napari.daemon.page)
    page.page.set_viewport_size({"width": size[0], "height": size[1]})
    page.shows_desktop()
    return page


def has_all_on_screen(napari: Napari, page: Tab) -> None:
    """The main window fills the desktop, which is all on the page, with each dialog's buttons."""

    def is_so() -> bool:
        width, height = page.size()
        told = describe(napari)
        box = page.page.locator("#desktop canvas").bounding_box()
        view = page.page.viewport_size
        return bool(
            told["area"] == [0, 0, width, height]
            and all(x <= width and y <= height for x, y in told["dialogs"])
            and box
            and view
            and box["x"] >= 0
            and box["x"] + box["width"] <= view["width"] + 0.5
            and box["y"] + box["height"] <= view["height"] + 0.5
        )

    until(is_so, 30, "napari all on the page")


@pytest.mark.parametrize("size", [LAPTOP, LYING, STANDING])
def test_napari_is_all_in_reach_with_its_preferences(
    napari: Napari, tab: OpenTab, size: tuple[int, int]
) -> None:
    page = look(tab, napari, size)
    has_all_on_screen(napari, page)
    napari.run(PREFERENCES)
    until(lambda: len(windows(napari)) == 2, 30, "the preferences")
    has_all_on_screen(napari, page)
    # The desktop has what its windows need: nothing is offered to be fitted.
    page.page.keyboard.press("Control+Alt+Shift+M")
    assert page.page.locator("#bar-fit").is_hidden()
    page.page.get_by_role("button", name="Close Preferences").click()
    until(lambda: len(windows(napari)) == 1, 30, "the preferences closed")
    page.page.locator("#windows").wait_for(state="hidden")
    has_all_on_screen(napari, page)


def test_full_screen_on_and_off_ends_filled(napari: Napari, tab: OpenTab) -> None:
    page = look(tab, napari, LAPTOP)
    for _ in range(2):
        napari.run(FULL_SCREEN)
        has_all_on_screen(napari, page)


def test_a_second_viewer_floats_and_is_switched_to_in_the_menu(
    napari: Napari, tab: OpenTab
) -> None:
    page = look(tab, napari, LAPTOP)
    napari.run("napari.Viewer(title='other', ndisplay=2)")
    until(lambda: len(windows(napari)) == 2, 30, "the second viewer")
    main, other = windows(napari)
    assert (main["main"], other["main"]) == (True, False)

    def switch(title: str) -> None:
        page.page.locator("#bar-handle").click()
        page.page.locator("#windows-list").get_by_role("button", name=title, exact=True).click()

        def is_active() -> bool:
            return any(w["active"] and w["title"] == title for w in windows(napari))

        until(is_active, 30, title)
        assert page.page.locator("#bar-menu").is_hidden()

    switch(main["title"])
    switch(other["title"])
    assert napari.daemon.request("POST", f"/api/windows/{other['id']}/close").status_code == 204
    until(lambda: len(windows(napari)) == 1, 30, "the second viewer closed")
    has_all_on_screen(napari, page)
