"""What the page says of what the server tells it, before and beside the desktop."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.conftest import visit
from tests.browser.peer import Peer
from tests.chromium import Tab
from tests.daemon import until

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


SAVED = {"time": 1.0, "pending": True, "error": None, "not_kept": [], "longest_slice": 0.0}
COMPANION = {"version": 1, "napari": "0.9.2", "ready": True, "saved": SAVED, "errors": []}


def test_a_restart_that_would_lose_work_is_asked_for_once_more(server: Peer, tab: OpenTab) -> None:
    server.companion = COMPANION
    opened = tab(server.page)
    opened.shows(stage="ready")
    page = opened.page
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url.removeprefix(server.page))
        if asked[-1].endswith("lose"):
            route.fulfill(status=204)
        else:
            problem = {"error": "The session is not saved", "remedy": "Try again later"}
            route.fulfill(status=409, json=problem)

    page.route("**/api/app/restart*", answer)
    page.locator("#bar-handle").click()
    page.locator("#bar-restart").click()
    panel = page.locator("#restart")
    expect(panel).to_contain_text("are kept and put back")
    panel.get_by_role("button", name="Restart").click()
    expect(panel).to_contain_text("The session is not saved")
    expect(panel).to_contain_text("What has not been saved in it is lost.")
    panel.get_by_role("button", name="Restart").click()
    expect(panel).to_be_hidden()
    until(lambda: len(asked) == 2, 10, "the second request")
    assert asked == ["api/app/restart", "api/app/restart?unsaved=lose"]
    page.locator("#bar-handle").click()
    page.locator("#bar-restart").click()
    expect(panel).to_contain_text("are kept and put back")


def test_a_restart_that_waits_for_a_save_says_so(server: Peer, tab: OpenTab) -> None:
    server.companion = COMPANION
    opened = tab(server.page)
    opened.shows(stage="ready")
    page = opened.page
    waiting: list[Route] = []
    page.route("**/api/app/restart*", lambda route: waiting.append(route))
    page.locator("#bar-handle").click()
    page.locator("#bar-restart").click()
    page.locator("#restart").get_by_role("button", name="Restart").click()
    notice = page.locator("#notice")
    expect(notice).to_contain_text("is being saved")
    (route,) = waiting
    route.fulfill(status=204)
    expect(notice).to_be_hidden()
