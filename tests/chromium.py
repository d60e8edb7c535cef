"""A real Chromium that looks at a real desktopd."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.daemon import Daemon, until

ARTIFACTS = Path(__file__).parent / ".artifacts"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Picture = NDArray[np.uint8]

# On a machine that has much else to do; by itself it is five seconds.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


class Tab:
    """A page of the client, and what it says of itself."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def data(self, name: str) -> str | None:
        """One of the values that the page keeps on its root element."""
        return self.page.locator("html").get_attribute(f"data-{name}")

    def shows(self, **wanted: str) -> None:
        """Wait until the page says all this of itself."""
        until(
            lambda: all(self.data(name) == value for name, value in wanted.items()),
            60,
            f"{wanted} on the page",
        )

    def shows_desktop(self) -> None:
        """Wait until the application can be used."""
        self.shows(stage="ready", link="connected")
        self.page.locator("#start").wait_for(state="hidden")

    def size(self) -> tuple[int, int]:
        """Size of the framebuffer that the page draws."""
        width, height = (self.data("size") or "0x0").split("x")
        return int(width), int(height)

    def picture(self) -> Picture:
        """What the user sees."""
        return pixels(self.page.screenshot())


def pixels(png: bytes) -> Picture:
    """RGB of a PNG: height, width, 3."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def screen(daemon: Daemon) -> Picture:
    """What the X server shows."""
    response = daemon.request("GET", "/api/screenshot")
    assert response.status_code == 200, response.text
    return pixels(response.content)


def save(picture: Picture, name: str) -> Path:
    """Keep a picture for the people who look at the tests."""
    ARTIFACTS.mkdir(exist_ok=True)
    path = ARTIFACTS / f"{name}.png"
    Image.fromarray(picture).quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    yield context
    context.close()


@pytest.fixture
def tab(context: BrowserContext) -> Iterator[Callable[[str], Tab]]:
    """Open addresses; a script error on any of the pages fails the test."""
    tabs: list[Tab] = []

    def open_tab(address: str) -> Tab:
        tabs.append(Tab(context.new_page()))
        tabs[-1].page.goto(address)
        return tabs[-1]

    yield open_tab
    assert [error for one in tabs for error in one.errors] == []
