"""Several people at one desktop: control handed over and back, a watcher, a revoked link."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.chromium import Tab
from tests.daemon import Daemon, short_folder, until

PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 720}
HERE = 'while read -r line; do echo "$line" >> {said}; done'


class Desk:
    """A desktop whose application keeps what is typed, a line each."""

    def __init__(self, folder: Path) -> None:
        self.said = folder / "said"
        command = HERE.format(said=self.said)
        self.daemon = Daemon(
            folder, app=f"xterm -e sh -c '{command}'", size="1280x720", files="off"
        )

    def lines(self) -> list[str]:
        return self.said.read_text().splitlines() if self.said.exists() else []

    def hears(self, line: str) -> None:
        until(lambda: line in self.lines(), 20, f"{line} typed")


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with short_folder() as folder:
        desk = Desk(folder)
        yield desk
        desk.daemon.stop()


Visit = Callable[..., Tab]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visit]:
    """Open an address in a browser of its own."""
    with visits(chromium) as opened:
        yield opened


@contextmanager
def visits(chromium: Browser) -> Iterator[Visit]:
    tabs: list[Tab] = []

    def visit(address: str, name: str, viewport: dict[str, int] = LAPTOP) -> Tab:
        context = chromium.new_context(viewport=viewport)  # type: ignore[arg-type]
        tabs.append(Tab(context.new_page()))
        tabs[-1].page.goto(address)
        tabs[-1].shows_desktop()
        if name:
            people(tabs[-1].page, name)
        return tabs[-1]

    yield visit
    assert [error for tab in tabs for error in tab.errors] == []
    for tab in tabs:
        tab.page.context.close()


def people(page: Page, name: str = "") -> None:
    """Open the panel by the keyboard, and say a name."""
    page.keyboard.press("Control+Alt+Shift+M")
    page.get_by_role("button", name="People…").press("Enter")
    expect(page.locator("#people")).to_be_visible()
    if name:
        page.get_by_label("Your name here").and_(page.locator("#people-name")).fill(name)
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        expect(page.locator("#people")).to_be_hidden()


def make_link(page: Page, role: str, name: str) -> str:
    """A link that the owner makes in the panel."""
    people(page)
    page.locator("#links-role").select_option(role)
    page.locator("#links-name").fill(name)
    page.get_by_role("button", name="Make a link").click()
    address = page.locator("#links-address")
    expect(address).to_have_value(re.compile("token="))
    page.keyboard.press("Escape")
    return address.input_value()


def types(tab: Tab, line: str) -> None:
    tab.page.mouse.click(200, 400)
    tab.page.keyboard.type(line)
    tab.page.keyboard.press("Enter")


def test_two_hand_over_and_back_and_a_third_watches(desk: Desk, visit: Visit) -> None:
    owner = visit(desk.daemon.page, "Zoë Owner")
    guest = visit(make_link(owner.page, "control", "Ben's"), "Ben")
    watcher = visit(make_link(owner.page, "view", "class"), "<i>Eve</i>", PHONE)
    # Everybody with the full role shares control, as long as nobody wants it otherwise.
    types(owner, "one")
    desk.hears("one")
    types(guest, "two")
    desk.hears("two")
    types(watcher, "watched")
    card = watcher.page.locator("#watching")
    expect(card).to_contain_text("You are watching")
    expect(card.get_by_role("button")).to_have_count(1)
    card.get_by_role("button", name="Close").click()

    people(owner.page)
    owner.page.get_by_label("Only one person at a time has control").check()
    rows = owner.page.locator("#people-list li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("Zoë Owner you, owner, has control")
    expect(rows.nth(2)).to_contain_text("<i>Eve</i> watches")
    owner.page.keyboard.press("Escape")

    types(guest, "dropped")
    asking = guest.page.locator("#watching")
    expect(asking).to_contain_text("Zoë Owner has control")
    asking.get_by_role("button", name="Ask for control").press("Enter")
    request = owner.page.get_by_role("alert").filter(has_text="Ben asks for control.")
    expect(request).to_be_visible()
    owner.page.locator("#asking").get_by_role("button", name="Give control").press("Enter")
    expect(guest.page.locator("#notice")).to_contain_text("You have control.")
    expect(asking).to_be_hidden()
    types(guest, "three")
    desk.hears("three")
    types(owner, "dropped")
    mine = owner.page.locator("#watching")
    expect(mine).to_contain_text("Ben has control")
    mine.get_by_role("button", name="Take control").click()
    expect(mine).to_be_hidden()
    types(owner, "four")
    desk.hears("four")
    assert desk.lines() == ["one", "two", "three", "four"]
    people(owner.page)
    owner.page.get_by_label("Only one person at a time has control").uncheck()
    expect(guest.page.locator("#notice")).to_contain_text("Everybody shares control now.")


def test_pointers_of_others_are_seen_and_take_no_clicks(desk: Desk, visit: Visit) -> None:
    owner = visit(desk.daemon.page, "Zoë")
    watcher = visit(make_link(owner.page, "view", "class"), "Eve")
    watcher.page.mouse.move(400, 200)
    watcher.page.mouse.move(410, 210)
    seen = owner.page.locator(".pointer")
    expect(seen).to_contain_text("Eve")
    until(lambda: place(seen) == (410, 210), 30, "the pointer in its place")
    owner.page.mouse.click(411, 212)
    owner.page.mouse.move(300, 300)
    expect(watcher.page.locator(".pointer")).to_contain_text("Zoë")
    expect(seen).to_be_hidden(timeout=10_000)
    assert (
        watcher.page.locator(".pointer svg").evaluate(
            "arrow => getComputedStyle(arrow).pointerEvents"
        )
        == "none"
    )


def place(pointer: Locator) -> tuple[int, int]:
    """Where the arrow stands in the window, which is as large as that of who points."""
    box = pointer.bounding_box()
    return (round(box["x"]), round(box["y"])) if box else (-1, -1)


def test_a_revoked_link_ends_at_once_and_says_so(desk: Desk, visit: Visit) -> None:
    owner = visit(desk.daemon.page, "Zoë")
    address = make_link(owner.page, "view", "revocable")
    watcher = visit(address, "")
    people(owner.page)
    owner.page.get_by_role("button", name="Revoke revocable").click()
    expect(watcher.page.locator("#start-message")).to_contain_text("has been revoked")
    until(lambda: len(desk.daemon.session()["viewers"]) == 1, 30, "the watcher out")
    watcher.page.get_by_role("button", name="Reconnect").click()
    expect(watcher.page.get_by_text("This link is not valid any more")).to_be_visible()
    watcher.page.goto(address)
    expect(watcher.page.locator("input[name=token]")).to_be_visible()


def test_tabs_of_one_browser_have_a_role_each(desk: Desk, visit: Visit) -> None:
    owner = visit(desk.daemon.page, "Zoë")
    watcher = Tab(owner.page.context.new_page())
    address = make_link(owner.page, "view", "mine")
    watcher.page.goto(address)
    for _ in range(2):
        owner.shows_desktop()
        watcher.shows_desktop()
        types(watcher, "leaked")
        expect(watcher.page.locator("#watching")).to_contain_text("You are watching")
        types(owner, "kept")
        desk.hears("kept")
        people(owner.page)
        expect(owner.page.locator("#people-list li")).to_have_count(2)
        owner.page.keyboard.press("Escape")
        # What comes next is the same for tabs that are loaded again.
        watcher.page.reload()
        owner.page.reload()
    assert "leaked" not in desk.lines()
    owner.shows_desktop()
    people(owner.page)
    owner.page.get_by_role("button", name="Log out").click()
    expect(owner.page.locator("input[name=token]")).to_be_visible()
    watcher.page.reload()
    watcher.shows_desktop()
    people(watcher.page)
    watcher.page.get_by_role("button", name="Log out").click()
    expect(watcher.page.locator("input[name=token]")).to_be_visible()
    assert desk.daemon.session()["viewers"] == []
    assert watcher.errors == []


def test_logging_out_ends_all_tabs_of_the_browser(desk: Desk, visit: Visit) -> None:
    owner = visit(desk.daemon.page, "Zoë")
    other = Tab(owner.page.context.new_page())
    other.page.goto(desk.daemon.base)
    other.shows_desktop()
    people(owner.page)
    expect(owner.page.locator("#people-list li")).to_have_count(1)
    owner.page.get_by_role("button", name="Log out").click()
    for tab in (owner, other):
        expect(tab.page.locator("input[name=token]")).to_be_visible()
    assert desk.daemon.session()["viewers"] == []
