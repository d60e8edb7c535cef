"""One-pixel stripes at the pixel ratios of screens: nothing is smeared, and clicks are exact."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.chromium import FLAGS, Picture, Tab
from tests.daemon import Daemon, daemons, short_folder, until

PROGRAM = Path(__file__).parent / "programs" / "stripes.py"
WINDOW = (1280, 720)
# Of a screen, or of a screen and the browser's zoom: pixels for one CSS pixel, and for one of ours.
SCREENS = [(0.8, 1), (1, 1), (1.1, 1), (1.25, 1), (1.5, 1), (2, 2), (2.5, 2), (3, 3)]


@pytest.fixture(scope="module")
def desktop() -> Iterator[Daemon]:
    with short_folder() as folder, daemons(folder) as start:
        app = f"{sys.executable} {PROGRAM} {folder}/clicks"
        desktop = start(app=app, display="xvfb", size="1280x720", kiosk=True)
        desktop.ready()
        yield desktop


@contextmanager
def screen_of(browser: Browser, ratio: float, size: tuple[int, int]) -> Iterator[BrowserContext]:
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, device_scale_factor=ratio)  # type: ignore[arg-type]
    try:
        yield context
    finally:
        context.close()


@contextmanager
def real_screen(browser: Browser, ratio: float) -> Iterator[BrowserContext]:
    """A browser that takes its screen for one of this ratio: emulation rounds otherwise."""
    flags = [*FLAGS, f"--force-device-scale-factor={ratio}", "--window-size=1023,677"]
    other = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=flags)
    try:
        yield other.new_context(no_viewport=True)
    finally:
        other.close()


def visit(context: BrowserContext, address: str) -> Tab:
    page = Tab(context.new_page())
    page.page.goto(address)
    page.shows_desktop()
    return page


def checkers(size: tuple[int, int], block: int) -> Picture:
    """What the program draws on a desktop of this size, each pixel as a block of pixels."""
    columns, rows = np.arange(size[0] * block) // block, np.arange(size[1] * block) // block
    grey = np.where((columns + rows[:, None]) % 2, 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def is_sharp(page: Tab, block: int) -> bool:
    wanted, seen = checkers(page.size(), block), page.picture()
    height, width = wanted.shape[:2]
    return bool(np.array_equal(seen[:height, :width], wanted[: seen.shape[0], : seen.shape[1]]))


def clicks(desktop: Daemon) -> list[tuple[int, int]]:
    lines = (desktop.folder.parent / "clicks").read_text().splitlines()
    return [(int(x), int(y)) for x, y in map(str.split, lines)]


def click(desktop: Daemon, page: Tab, x: float, y: float) -> tuple[int, int]:
    """Click at a place of the page, in CSS pixels; the pixel where the program sees that."""
    before = len(clicks(desktop))
    page.page.mouse.click(x, y)
    # Openbox holds the pointer until it has seen the click, and X what comes after that.
    until(lambda: len(clicks(desktop)) > before, 20, "a click")
    return clicks(desktop)[-1]


@pytest.mark.parametrize(("ratio", "block"), SCREENS)
def test_stripes_are_black_and_white_and_each_click_is_right(
    desktop: Daemon, chromium: Browser, ratio: float, block: int
) -> None:
    with real_screen(chromium, ratio) as context:
        page, side = visit(context, f"{desktop.page}&bar=0"), block / ratio
        inner = page.page.evaluate("[innerWidth, innerHeight]")
        size = np.array(inner) * ratio / block
        until(lambda: np.abs(np.subtract(page.size(), size)).max() <= 1, 20, f"{size}")
        page.shows(exact="true")
        until(lambda: is_sharp(page, block), 20, "sharp stripes")
        assert desktop.session()["display"]["scale"] == pytest.approx(ratio / block, abs=0.005)
        width, height = page.size()
        for x in (0, 1, width // 2, width - 1):
            for y in (0, height // 3, height - 1):
                # The edge of a pixel belongs to it, and what is nearly the next one.
                for inside in (0, 0.98):
                    clicked = click(desktop, page, (x + inside) * side, (y + inside) * side)
                    assert clicked == (x, y), inside
        assert page.errors == []


def test_the_switch_is_for_the_finest_or_the_coarser_and_is_remembered(
    desktop: Daemon, chromium: Browser
) -> None:
    with screen_of(chromium, 2, WINDOW) as context:
        page = visit(context, desktop.page)
        until(lambda: page.size() == WINDOW, 20, "blocks of four pixels")
        page.page.locator("#bar-handle").click()
        page.page.get_by_label("Sharpness").select_option("device")
        until(lambda: page.size() == (2560, 1440), 20, "all pixels of the screen")
        until(lambda: desktop.session()["display"]["scale"] == 2, 20, "programs to match")
        page.page.keyboard.press("Escape")
        page.page.goto(f"{desktop.page}&bar=0")
        page.shows_desktop()
        until(lambda: page.size() == (2560, 1440) and is_sharp(page, 1), 20, "the same after all")
        page.page.goto(f"{desktop.page}&bar=0&sharpness=css")
        until(lambda: page.size() == WINDOW and is_sharp(page, 2), 20, "what the address says")


def test_a_phone_that_has_looked_in_gives_the_size_back(desktop: Daemon, chromium: Browser) -> None:
    def has(scale: float, size: tuple[int, int]) -> bool:
        display = desktop.session()["display"]
        return (display["scale"], display["width"], display["height"]) == (scale, *size)

    with screen_of(chromium, 1.25, WINDOW) as laptop:
        page = visit(laptop, f"{desktop.page}&bar=0")
        until(lambda: has(1.25, (1600, 900)), 20, "the laptop's size")
        with screen_of(chromium, 3, (390, 844)) as phone:
            visit(phone, f"{desktop.page}&bar=0")
            until(lambda: has(1, (390, 844)), 20, "the phone's size")
        until(lambda: has(1.25, (1600, 900)) and is_sharp(page, 1), 20, "the laptop's size again")
