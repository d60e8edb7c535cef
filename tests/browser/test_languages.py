"""The page in German, in Chinese, and in brackets that show what no catalogue has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.chromium import Tab, pixels, save
from tests.daemon import Daemon, short_folder

OpenTab = Callable[[str], Tab]
FUNCTIONS = Path(__file__).with_name("language_faults.js").read_text()
FAULTS = Path(__file__).with_name("panel_faults.js").read_text()
PANELS = ("clipboard", "files", "people", "restart", "about")
OTHERS = ("#crash", "#obstacle", "#lasting", "#asking", "#watching", "#naming", "#start", "#corner")
DIALOGS = ("files-remove", "files-name", "link")
NAMES = ["xterm", "notes.txt", "results", "cells.tif"]
DATA = "noscript, #about-facts dd, #about-language option, .log, #files-list .facts"


@pytest.fixture(scope="module")
def desk() -> Iterator[Daemon]:
    with short_folder() as folder:
        root = folder / "files"
        (root / "results").mkdir(parents=True)
        (root / "notes.txt").write_text("notes")
        daemon = Daemon(folder, app="xterm", files_root=root, display="xvfb")
        daemon.ready()
        (root / "results" / "cells.tif").write_text("cells")
        yield daemon
        daemon.stop()


def asked(desk: Daemon, language: str) -> str:
    return f"{desk.page}&lang={language}"


def opened_panels(page: Page) -> Iterator[str]:
    """Each panel once, open, and the menu before."""
    page.locator("#bar-handle").click()
    expect(page.locator("#bar-about")).to_be_visible()
    yield "bar"
    for panel in PANELS:
        if page.locator("#bar-menu").is_hidden():
            page.locator("#bar-handle").click()
        page.locator(f"#bar-{panel}").click()
        expect(page.locator(f"#{panel}")).to_be_visible()
        yield panel
        page.keyboard.press("Escape")
        expect(page.locator(f"#{panel}")).to_be_hidden()


def test_every_text_is_from_the_catalogue(desk: Daemon, tab: OpenTab) -> None:
    opened = tab(asked(desk, "qps"))
    strange = set(opened.page.evaluate(f"({FUNCTIONS}).strange({NAMES}, {DATA!r})"))
    opened.shows_desktop()
    page = opened.page
    expect(page.locator("html")).to_have_attribute("lang", "qps")
    for _ in opened_panels(page):
        strange |= set(page.evaluate(f"({FUNCTIONS}).strange({NAMES}, {DATA!r})"))
    assert strange == set()


@pytest.mark.parametrize("language", ["de", "zh-Hans"])
# A phone, and a laptop at a zoom of 200 %.
@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 360)])
def test_a_language_fits(
    desk: Daemon, chromium: Browser, language: str, width: int, height: int
) -> None:
    phone = width < 500
    size: ViewportSize = {"width": width, "height": height}
    context = chromium.new_context(viewport=size, has_touch=phone, is_mobile=phone)
    tab = Tab(context.new_page())
    page = tab.page
    page.goto(asked(desk, language))
    tab.shows_desktop()
    expect(page.locator("html")).to_have_attribute("lang", language)
    for panel in opened_panels(page):
        save(pixels(page.screenshot()), f"{language}-{panel}-{width}")
        assert page.evaluate(f"({FAULTS})({str(phone).lower()})") == []
        assert page.evaluate(f"({FUNCTIONS}).tight('#{panel}')") == []
        assert page.evaluate(f"document.querySelector('#{panel} .card')?.scrollTop ?? 0") == 0
    for place in OTHERS:
        assert page.evaluate(f"({FUNCTIONS}).tight('{place}')") == []
    for dialog in DIALOGS:
        page.evaluate(f"document.getElementById('{dialog}').showModal()")
        assert page.evaluate(f"({FUNCTIONS}).tight('#{dialog}')") == []
        page.evaluate(f"document.getElementById('{dialog}').close()")
    context.close()
    assert tab.errors == []


def test_the_browser_the_choice_and_the_address_speak_for_a_language(
    desk: Daemon, chromium: Browser
) -> None:
    context = chromium.new_context(locale="de-AT")
    page = context.new_page()
    page.goto(desk.base)
    expect(page.get_by_role("button")).to_have_text("Desktop öffnen")
    page.get_by_label("Token").fill(desk.token)
    save(pixels(page.screenshot()), "de-login")
    page.keyboard.press("Enter")
    Tab(page).shows_desktop()
    html, language = page.locator("html"), page.locator("#about-language")

    def about() -> None:
        page.locator("#bar-handle").click()
        page.locator("#bar-about").click()

    expect(html).to_have_attribute("lang", "de")
    about()
    expect(language).to_have_value("")
    expect(language.locator("option").first).to_have_text("Automatisch: Deutsch")
    language.select_option(label="简体中文")
    expect(html).to_have_attribute("lang", "zh-Hans")
    Tab(page).shows_desktop()
    page.goto(f"{desk.base}/?lang=en&resize=off")
    Tab(page).shows_desktop()
    expect(html).to_have_attribute("lang", "en")
    about()
    expect(language).to_have_value("zh-Hans")
    language.select_option("")
    expect(html).to_have_attribute("lang", "de")
    assert page.url == f"{desk.base}/?resize=off"
    context.close()
