"""The three browser engines, each in one window over the whole screen of a test's X server.

Keys, mouse and clipboard are those of that X server; a window is told addresses, and asked what its
page knows.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from desktopd.geometry import Size
from tests.chromium import FLAGS, Picture, pixels
from tests.daemon import short_folder
from tests.firefox import driven_firefox, firefox
from tests.webdriver import Way, Window
from tests.webkit import webkit
from tests.x11.conftest import Server, end

ENGINES = ("chromium", "firefox", "webkit")

SCREENSHOT = """
import sys
from PIL import ImageGrab
ImageGrab.grab(xdisplay="").convert("RGB").save(sys.argv[1])
"""


class ChromiumWindow:
    """A page of Chromium."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session = page.context.new_cdp_session(page)
        # Playwright has every page believe that it has the focus.
        self._session.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
        self.evaluate = page.evaluate

    def visit(self, address: str) -> None:
        """Open an address, and wait for its page."""
        self._page.goto(address)

    def fingers(self, *ways: Way) -> None:
        """Put down a finger at the start of each way, move all to the ends, and lift them."""
        for step in range(11):
            points = [
                {"id": n, "x": x + (to_x - x) * step / 10, "y": y + (to_y - y) * step / 10}
                for n, ((x, y), (to_x, to_y)) in enumerate(ways)
            ]
            self._touch("touchMove" if step else "touchStart", points)
        self._touch("touchEnd", [])

    def _touch(self, kind: str, points: list[dict[str, float]]) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@contextmanager
def driven_chromium(server: Server, profile: Path, chromium: Browser) -> Iterator[ChromiumWindow]:
    """Chromium, which has been allowed to use the clipboard."""
    context = chromium.browser_type.launch_persistent_context(
        profile,
        executable_path=shutil.which("chromium"),
        headless=False,
        no_viewport=True,
        args=[*FLAGS, "--kiosk", "--ozone-platform=x11"],
        ignore_default_args=["--enable-automation"],
        permissions=["clipboard-read", "clipboard-write"],
        env={**server.environment},
    )
    (page,) = context.pages
    yield ChromiumWindow(page)
    context.close()


@contextmanager
def window(engine: str, server: Server, profile: Path, chromium: Browser) -> Iterator[Window]:
    """The window of one of ENGINES; `chromium` may be any that runs."""
    if engine == "chromium":
        with driven_chromium(server, profile, chromium) as page:
            yield page
    elif engine == "firefox":
        with driven_firefox(server, profile) as firefox:
            yield firefox
    else:
        with webkit(server) as mini_browser:
            yield mini_browser


def executable(chromium: Browser) -> str:
    """The program behind Playwright's Chromium, or the machine's own."""
    return shutil.which("chromium") or chromium.browser_type.executable_path


@contextmanager
def plain(program: str, screen: Server, address: str, *options: str) -> Iterator[None]:
    """A browser in a window, with nothing between it and the hands; `options` for Chromium."""
    with short_folder() as folder, ExitStack() as stack:
        if program == "firefox":
            stack.enter_context(firefox(screen, folder / "profile", address))
        else:
            options = (*FLAGS, f"--user-data-dir={folder}", "--window-size=1280,800", *options)
            stack.callback(end, screen.start(program, *options, address))
        yield


def seen(server: Server, folder: Path) -> Picture:
    """What the screen of an X server shows, without the pointer."""
    file = folder / "seen.png"
    server.run(sys.executable, "-c", SCREENSHOT, str(file))
    return pixels(file.read_bytes())


def resize(server: Server, size: Size) -> None:
    """Give an Xvfb's screen another size, as large as its first one at most."""
    name = str(size)
    if name not in server.run("xrandr"):
        lines = ["0", str(size.width), "0", "0", "0", str(size.height), "0", "0", "0"]
        server.run("xrandr", "--newmode", name, *lines)
        server.run("xrandr", "--addmode", "screen", name)
    server.run("xrandr", "--output", "screen", "--mode", name)
