"""The image in a real browser: napari fills the tab, also where the container may do nothing."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.test_napari import canvas
from tests.chromium import Tab, save
from tests.container.container import Container
from tests.container.test_image import HARDENED
from tests.daemon import until


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("options", [(), HARDENED], ids=["plain", "hardened"])
def test_napari_fills_the_tab(
    start: Callable[..., Container],
    tab: Callable[[str], Tab],
    options: tuple[str, ...],
    request: pytest.FixtureRequest,
) -> None:
    container = start(
        "--app", "napari /opt/desktopd/samples/cells-2d.tif --channel-axis 0", options=options
    )
    page = tab(container.page)
    page.shows_desktop()
    page.shows(size="1280x720", scale="1")
    # No volume is mounted: the card stands in front of the picture until it is closed.
    card = page.page.locator("#lasting")
    expect(card).to_contain_text('docker run -v "$PWD":/data')
    card.get_by_role("button", name="Close").click()
    if options:
        obstacle = page.page.locator("#obstacle")
        expect(obstacle).to_contain_text("User 123456 cannot write to /data")
        obstacle.get_by_role("button", name="Close").click()
    until(lambda: np.unique(canvas(page.picture())).size > 50, 30, "an image on the canvas")
    until(lambda: np.array_equal(page.picture()[30:], container.screenshot()[30:]), 30, "rest")
    save(page.picture(), f"container-{request.node.callspec.id}")
