"""The desktop in a page of another site, in Firefox and WebKit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from desktopd.geometry import Size
from tests import http
from tests.browser.plain_course import PlainCourse, plain_course
from tests.daemon import Daemon, until
from tests.engines import window
from tests.unit.certificate import certificate
from tests.x11.conftest import running

Start = Callable[..., Daemon]
# The size of a picture of the whole desktop, and whether the frame was reached by its site alone.
SEEN = """(async () => {
  const { width, height } = await createImageBitmap(await window.desktop.screenshot());
  return [width, height, window.desktop.frame.contentDocument];
})()"""


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("engine", ["firefox", "webkit"])
def test_a_page_of_another_site_has_a_desktop_that_works(
    daemon: Start, folder: Path, chromium: Browser, engine: str, scheme: str
) -> None:
    settings: dict[str, Any] = {"size": "1110x650"}
    if scheme == "https":
        cert, key = certificate(folder)
        http.trusted.load_verify_locations(cert)
        settings |= {"certificate": cert, "tls_cert": cert, "tls_key": key}
    with (
        plain_course(daemon, folder, **settings) as taught,
        running("xvfb", Size(1300, 900)) as server,
        window(engine, server, folder / "profile", chromium) as page,
    ):
        page.visit(taught.address)
        until(lambda: viewers(taught), 60, "a viewer")
        until(lambda: taught.pasted() == "from the page", 20, "a request of the page")
        width, height, inside = page.evaluate(SEEN)
        assert (width, height) == (1110, 650)
        assert inside is None, "it is a page of another site"
        if (engine, scheme) == ("firefox", "https"):
            # It keeps a cookie for this frame in this site: no ticket is needed twice.
            before = viewers(taught)
            page.evaluate("void (desktop.frame.src = desktop.frame.src.split('?')[0])")
            until(lambda: viewers(taught) - before, 20, "the frame alone, opened again")


def viewers(taught: PlainCourse) -> set[str]:
    return {viewer["id"] for viewer in taught.desktop.session()["viewers"]}
