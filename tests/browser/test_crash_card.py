"""The card that tells how the application has ended and what is back. A real napari."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.napari_desktop import VIEW, WITHIN, Napari, running
from tests.chromium import Tab, save
from tests.daemon import Daemon, until

pytestmark = pytest.mark.timeout(300)
OpenTab = Callable[[str], Tab]
THREE = """
import numpy as np
paint = v.add_labels(np.zeros((3, 128, 128), np.uint16), name='paint')
paint.paint((0, 60, 60), 7)
v.dims.set_point(0, 0)
v.camera.zoom = 3
"""
BACK = "3 layers are back, and the camera: cells, more, paint."


@pytest.fixture(scope="module")
def napari() -> Iterator[Napari]:
    with running("napari {data}/cells.tif") as napari:
        napari.open("more.tif")
        napari.run(THREE)
        napari.saved()
        yield napari


def opened(napari: Napari, tab: OpenTab) -> tuple[Tab, Locator]:
    """The page in a new browser, which has read of every end so far."""
    page = tab(napari.daemon.page)
    page.shows_desktop()
    card = page.page.locator("#crash")
    end = napari.get()["exit"]
    if end and not end["asked"]:
        card.get_by_role("button", name="Close").click()
    expect(card).to_be_hidden()
    return page, card


def ndisplay(napari: Napari) -> int:
    return int(napari.ask("GET", "/dims").json()["ndisplay"])


def test_a_kill_is_told_with_what_is_back(
    napari: Napari, tab: OpenTab, context: BrowserContext
) -> None:
    page, card = opened(napari, tab)
    before = napari.describe()
    napari.saved()
    napari.ready(after=napari.kill())
    expect(card).to_contain_text("Killed (signal 9)", timeout=WITHIN * 1000)
    expect(card).to_contain_text(BACK, timeout=WITHIN * 1000)
    expect(card).to_contain_text("What had not been saved is back too: paint.")
    assert napari.describe() == before
    save(page.picture(), "crash-card")
    # It has not taken the keyboard: this is napari's key for 3D.
    page.shows_desktop()
    page.page.keyboard.press("Control+y")
    until(lambda: ndisplay(napari) == 3, 20, "the key in napari")
    page.page.keyboard.press("Control+y")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=napari.daemon.base)
    card.get_by_role("button", name="Copy report").click()
    expect(card).to_contain_text("The report is on this computer")
    report = page.page.evaluate("navigator.clipboard.readText()")
    assert "end: SIGKILL, " in report
    assert "restored: cells, more, paint" in report
    assert "OpenGL: llvmpipe" in report
    assert napari.daemon.token not in report
    card.get_by_role("button", name="Close").focus()
    page.page.keyboard.press("Enter")
    expect(card).to_be_hidden()
    page.page.keyboard.press("Control+y")
    until(lambda: ndisplay(napari) == 3, 20, "the key in napari")
    page.page.keyboard.press("Control+y")
    page.page.reload()
    page.shows_desktop()
    expect(card).to_be_hidden()


def test_a_second_crash_is_told_again_with_its_traceback_and_to_watchers_without(
    napari: Napari, tab: OpenTab
) -> None:
    page, card = opened(napari, tab)
    pid = napari.pid()
    with pytest.raises(AssertionError, match="the application has ended"):
        napari.run("def crashes():\n    import ctypes\n    ctypes.string_at(0)\ncrashes()\n")
    napari.ready(after=pid)
    expect(card).to_contain_text("napari crashed", timeout=WITHIN * 1000)
    expect(card).to_contain_text("Segmentation fault (signal 11)")
    expect(card.locator("pre")).to_be_hidden()
    card.get_by_text("Last traceback").click()
    expect(card.locator("pre")).to_contain_text("in crashes")
    page.page.set_viewport_size({"width": 390, "height": 844})
    save(page.picture(), "crash-card-phone")
    watcher = tab(f"{napari.daemon.base}/?token={VIEW}")
    watcher.shows_desktop()
    seen = watcher.page.locator("#crash")
    expect(seen).to_contain_text("Segmentation fault (signal 11)")
    expect(seen.locator("details")).to_be_hidden()
    # From above the desktop the keyboard alone gets there, and away again.
    page.page.locator("#bar-handle").focus()
    page.page.keyboard.press("Tab")
    expect(card.locator("summary")).to_be_focused()
    page.page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page.page.locator("#text-field")).to_be_focused()


def test_a_restart_by_hand_tells_what_is_back(napari: Napari, tab: OpenTab) -> None:
    page, card = opened(napari, tab)
    before, pid = napari.describe(), napari.pid()
    page.page.locator("#bar-handle").click()
    page.page.locator("#bar-restart").click()
    expect(page.page.locator("#restart")).to_contain_text("are kept and put back")
    page.page.locator("#restart").get_by_role("button", name="Restart").click()
    napari.ready(after=pid)
    expect(card).to_contain_text("napari was restarted", timeout=WITHIN * 1000)
    expect(card).to_contain_text(BACK, timeout=WITHIN * 1000)
    assert napari.describe() == before
    expect(card.get_by_role("button", name="Copy report")).to_be_hidden()
    page.page.reload()
    page.shows_desktop()
    expect(card).to_be_hidden()


def test_who_closes_napari_is_told_kindly(napari: Napari, tab: OpenTab) -> None:
    _, card = opened(napari, tab)
    pid = napari.pid()
    napari.run("from qtpy.QtCore import QTimer\nQTimer.singleShot(200, v.close)")
    napari.ready(after=pid)
    expect(card).to_contain_text("napari was closed", timeout=WITHIN * 1000)
    expect(card.get_by_role("button", name="Copy report")).to_be_hidden()


def test_a_program_that_stays_ended_can_be_started_from_the_card(
    daemon: Callable[..., Daemon], tab: OpenTab
) -> None:
    desktop = daemon("--app", "xterm", "--no-kiosk", display="xvfb", size="1280x720")
    desktop.ready()
    page = tab(desktop.page)
    page.shows_desktop()
    os.kill(desktop.pid("application"), signal.SIGKILL)
    card = page.page.locator("#crash")
    expect(card).to_contain_text("It is not started again by itself.")
    card.get_by_role("button", name="Start it again").click()
    until(lambda: desktop.service("application")["state"] == "running", 20, "the program")
    expect(card).not_to_contain_text("It is not started again by itself.")
