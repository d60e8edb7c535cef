"""A real WebKit, GTK's, in a window of its own on an X server of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.course import free_port
from tests.daemon import until
from tests.webdriver import WebDriver, listens
from tests.x11.conftest import Server, end


@contextmanager
def webkit(server: Server) -> Iterator[WebDriver]:
    """MiniBrowser over the whole screen, whose keyboard and mouse are the X server's."""
    # Debian 13 has it for GTK 4, or for both.
    browser = max(Path("/usr/lib").glob("*/webkit*gtk-*/MiniBrowser"))
    port = free_port()
    process = server.start("WebKitWebDriver", f"--port={port}")
    driver = f"http://127.0.0.1:{port}"
    until(lambda: listens(driver), 20, "a driver of WebKit")
    options = {"binary": str(browser), "args": ["--automation", "--full-screen"]}
    window = WebDriver(driver, acceptInsecureCerts=True, **{"webkitgtk:browserOptions": options})
    try:
        yield window
    finally:
        window.close()
        end(process)
