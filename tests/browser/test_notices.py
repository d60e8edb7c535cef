"""What the page says of what the server tells it, before and beside the desktop."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import visit
from tests.browser.peer import Peer
from tests.chromium import Tab

OpenTab = Callable[[str], Tab]


def test_what_cannot_be_saved_is_said_once(server: Peer, tab: OpenTab) -> None:
    problem = {"error": "User 7 cannot write to /data", "remedy": "docker run --user 501:0 …"}
    server.facts = {"obstacles": [problem]}
    page = visit(server, tab).page
    card = page.locator("#obstacle")
    expect(card).to_contain_text(problem["error"])
    expect(card).to_contain_text(problem["remedy"])
    card.get_by_role("button", name="Close").click()
    expect(card).to_be_hidden()
    page.close()
    again = tab(server.page)
    again.shows(stage="ready")
    expect(again.page.locator("#obstacle")).to_be_hidden()


def test_the_end_of_the_machine_is_told_before(server: Peer, tab: OpenTab) -> None:
    server.facts = {"ends_in": 15 * 60}
    page = visit(server, tab).page
    card = page.locator("#ending")
    expect(card).to_contain_text("In 15 minutes, at ")
    card.get_by_role("button", name="Close").click()
    expect(card).to_be_hidden()


def test_a_long_wait_is_counted_and_shows_what_the_application_prints(
    server: Peer, context: BrowserContext
) -> None:
    app = {"name": "napari", "command": "napari", "state": "starting", "restarts": 0, "error": None}
    server.facts = {"stage": "application", "app": {**app, "log": "loading 40 plugins"}}
    page = context.new_page()
    page.clock.install()
    page.goto(server.page)
    expect(page.locator("#start-title")).to_have_text("napari")
    expect(page).to_have_title("napari")
    expect(page.locator("#start-log")).to_be_hidden()
    page.clock.run_for(12_000)
    expect(page.locator("#start-waited")).to_have_text("Waiting for 12 s")
    expect(page.locator("#start-log")).to_have_text("loading 40 plugins")
