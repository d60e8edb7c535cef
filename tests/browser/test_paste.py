"""Text between this computer's clipboard and real programs of the desktop: late, never wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.test_clipboard import copy, notes, with_real_focus
from tests.chromium import FLAGS, Tab
from tests.daemon import Daemon, short_folder, until

__all__ = ["notes"]

OpenTab = Callable[[str], Tab]
PROGRAMS = Path(__file__).parent / "programs"
SHORT = "Grüße, 細胞 🧫 π≈3.14"
LONG = "".join(f"{line} Grüße, 細胞 🧫 π≈3.14\n" for line in range(24_000))
MIDDLE = "".join(f"{line} Grüße, 細胞\n" for line in range(2_900))


class Editor:
    """A desktop with a text editor."""

    def __init__(self, folder: Path, python: str, program: str, **settings: str) -> None:
        self._file = folder / "text"
        command = f"{python} {PROGRAMS / program} {self._file}"
        self.daemon = Daemon(folder, app=command, size="1280x720", display="xvfb", **settings)
        self.daemon.ready()

    def text(self) -> str:
        """What is in the editor."""
        return self._file.read_text() if self._file.exists() else ""

    def shows(self, text: str) -> None:
        """Wait until this is in the editor."""
        until(lambda: self.text() == text, 30, f"{text:.40} in the editor, not {self.text():.40}")

    def clear(self, desktop: Tab) -> None:
        """Have an empty editor."""
        desktop.page.keyboard.press("Control+a")
        desktop.page.keyboard.press("Delete")
        self.shows("")

    def copy(self, data: str | bytes, target: str = "UTF8_STRING") -> None:
        """Copy as another program does."""
        xclip = ["xclip", "-selection", "clipboard", "-target", target]
        data = data if isinstance(data, bytes) else data.encode()
        subprocess.run(xclip, input=data, env=self.daemon.environment(), check=True, timeout=20)

    def clipboard(self) -> str:
        """What the desktop's programs paste."""
        return self.daemon.request("GET", "/api/clipboard").text


@pytest.fixture(scope="module")
def qt() -> Iterator[Editor]:
    with short_folder() as folder:
        editor = Editor(folder, sys.executable, "text_edit.py")
        yield editor
        editor.daemon.stop()


@pytest.fixture(scope="module")
def gtk() -> Iterator[Editor]:
    with short_folder() as folder:
        editor = Editor(folder, "/usr/bin/python3", "text_edit_gtk.py")
        yield editor
        editor.daemon.stop()


@contextmanager
def linked(daemon: Daemon, profile: str) -> Iterator[str]:
    """The address of the page behind a link of a certain width."""
    port = daemon.base.rpartition(":")[2]
    command = [sys.executable, "-m", "tests.bench.link", port, profile]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            yield daemon.page.replace(port, str(told["port"]), 1)
        finally:
            process.terminate()


@pytest.fixture
def allowed(qt: Editor, notes: str, context: BrowserContext) -> None:
    for origin in (qt.daemon.base, notes):
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=origin)


def here(other: Tab) -> str:
    """The text on this computer's clipboard, as another page pastes it."""
    page = other.page
    page.bring_to_front()
    page.evaluate("() => { window.pasted = null; }")
    page.locator("[contenteditable]").click()
    page.keyboard.press("Control+v")
    until(lambda: page.evaluate("window.pasted !== null"), 20, "a paste")
    return str(page.evaluate("window.pasted.text"))


def visit(tab: OpenTab, address: str) -> Tab:
    desktop = with_real_focus(tab(address))
    desktop.shows_desktop()
    desktop.page.mouse.click(640, 400)
    return desktop


def comes_here(desktop: Tab, other: Tab, text: str) -> None:
    """Wait until this computer has what was copied on the desktop."""

    def has() -> bool:
        desktop.page.bring_to_front()
        desktop.page.keyboard.press("ArrowRight")  # where the browser wants a key for each copy
        return here(other) == text

    until(has, 20, "the copy on this computer")


def there_and_back(editor: Editor, desktop: Tab, other: Tab) -> None:
    """Texts from this computer into the program and back, by keys alone."""

    for text in (SHORT, LONG):
        copy(other.page, text=text)
        desktop.page.bring_to_front()
        editor.clear(desktop)
        desktop.page.keyboard.press("Control+v")
        editor.shows(text)
        desktop.page.keyboard.press("Control+Home")
        desktop.page.keyboard.type("x")
        editor.shows("x" + text)
        desktop.page.keyboard.press("Control+a")
        desktop.page.keyboard.press("Control+c")
        until(lambda: editor.clipboard() == "x" + text, 20, "a copy in the program")  # noqa: B023
        comes_here(desktop, other, "x" + text)
        desktop.page.bring_to_front()


@pytest.mark.parametrize("toolkit", ["qt", "gtk"])
def test_texts_go_both_ways_on_this_machine(
    request: pytest.FixtureRequest, tab: OpenTab, notes: str, toolkit: str
) -> None:
    editor: Editor = request.getfixturevalue(toolkit)
    other = with_real_focus(tab(notes))
    there_and_back(editor, visit(tab, editor.daemon.page), other)


def test_texts_go_both_ways_over_plain_http(
    qt: Editor, insecure: BrowserContext, notes: str
) -> None:
    def open_tab(address: str) -> Tab:
        opened = Tab(insecure.new_page())
        opened.page.goto(address)
        return opened

    other = with_real_focus(open_tab(notes))
    desktop = visit(open_tab, qt.daemon.page.replace("127.0.0.1", "desktop.test"))
    assert desktop.page.evaluate("navigator.clipboard") is None
    there_and_back(qt, desktop, other)


def has_old_text(editor: Editor, desktop: Tab, other: Tab) -> None:
    """Both clipboards have a text that must not be pasted any more."""
    editor.copy("the old text")
    comes_here(desktop, other, "the old text")


@pytest.mark.parametrize(("link", "text"), [("thin", MIDDLE), ("weak", LONG)])
def test_over_a_slow_link_a_paste_is_late_and_never_wrong(
    qt: Editor, tab: OpenTab, notes: str, link: str, text: str
) -> None:
    other = with_real_focus(tab(notes))
    with linked(qt.daemon, link) as address:
        desktop = visit(tab, address)
        qt.clear(desktop)
        has_old_text(qt, desktop, other)
        copy(other.page, text=text)
        desktop.page.bring_to_front()
        keys = desktop.page.keyboard
        keys.type("<")
        keys.press("Control+v")
        keys.type(">")
        desktop.page.mouse.click(200, 300)  # on one of the lines that are seen in the end
        # A key at once after it would overtake it: the window manager looks at clicks first.
        until(lambda: qt.text() == f"<{text}>", 60, "the text between the keys around it")
        keys.type("!")
        until(lambda: "!" in qt.text(), 60, "the last key")
        before, after = qt.text().split("!")
        assert before + after == f"<{text}>"
        assert min(len(before), len(after)) > 1, "the click has come after the text"


def test_escape_gives_a_paste_up(qt: Editor, tab: OpenTab, notes: str) -> None:
    other = with_real_focus(tab(notes))
    with linked(qt.daemon, "thin") as address:
        desktop = visit(tab, address)
        qt.clear(desktop)
        has_old_text(qt, desktop, other)
        copy(other.page, text=LONG)
        desktop.page.bring_to_front()
        desktop.page.keyboard.press("Control+v")
        desktop.page.keyboard.type("after")
        expect(desktop.page.locator("#notice")).to_contain_text("Escape gives up")
        assert qt.text() == ""
        desktop.page.keyboard.press("Escape")
        qt.shows("after")
        assert qt.clipboard() == "the old text"


def test_what_does_not_arrive_is_not_replaced_by_an_older_text(
    qt: Editor, tab: OpenTab, notes: str, context: BrowserContext
) -> None:
    other = with_real_focus(tab(notes))
    desktop = visit(tab, qt.daemon.page)
    notice = desktop.page.locator("#notice")
    qt.clear(desktop)
    has_old_text(qt, desktop, other)
    keys = desktop.page.keyboard
    copy(other.page, text="x" * 2_000_000)
    desktop.page.bring_to_front()
    for word in ("once ", "twice "):
        keys.press("Control+v")
        expect(notice).to_contain_text("Use a file instead")
        keys.type(word)
    qt.shows("once twice ")

    copy(other.page, text="newer")
    desktop.page.bring_to_front()
    context.route("**/api/clipboard*", lambda route: route.abort())
    keys.press("Control+v")
    expect(notice).to_contain_text("no connection")
    keys.type("cut ")
    qt.shows("once twice cut ")
    context.unroute("**/api/clipboard*")
    keys.press("Control+v")
    qt.shows("once twice cut newer")

    copy(other.page, text="one\r\ntwo\rthree")
    desktop.page.bring_to_front()
    qt.clear(desktop)
    keys.press("Control+v")
    qt.shows("one\ntwo\nthree")


@pytest.mark.parametrize("permission", [True, False])
def test_a_copy_made_while_another_tab_was_in_front_is_the_newer_one(
    request: pytest.FixtureRequest, qt: Editor, tab: OpenTab, notes: str, permission: bool
) -> None:
    if permission:
        request.getfixturevalue("allowed")
    other = with_real_focus(tab(notes))
    copy(other.page, text="old, of this computer")
    desktop = visit(tab, qt.daemon.page)
    for time in range(3):
        other.page.bring_to_front()
        qt.copy(f"{time} of the desktop")
        until(lambda: qt.clipboard() == f"{time} of the desktop", 20, "a copy")  # noqa: B023
        desktop.page.bring_to_front()
        qt.clear(desktop)
        desktop.page.keyboard.press("Control+v")
        qt.shows(f"{time} of the desktop")
        until(lambda: here(other) == f"{time} of the desktop", 20, "it here")  # noqa: B023
        copy(other.page, text=f"{time} of this computer")
        desktop.page.bring_to_front()
        qt.clear(desktop)
        desktop.page.keyboard.press("Control+v")
        qt.shows(f"{time} of this computer")


@pytest.mark.usefixtures("allowed")
def test_a_second_computer_that_comes_changes_nothing(
    qt: Editor, chromium: Browser, tab: OpenTab, notes: str
) -> None:
    first = visit(tab, qt.daemon.page)
    qt.clear(first)
    other = with_real_focus(tab(notes))
    copy(other.page, text="of the first computer")
    first.page.bring_to_front()
    first.page.keyboard.press("Control+v")
    qt.shows("of the first computer")
    browser = chromium.browser_type.launch(executable_path=shutil.which("chromium"), args=FLAGS)
    try:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        for origin in (qt.daemon.base, notes):
            context.grant_permissions(["clipboard-read", "clipboard-write"], origin=origin)
        elsewhere = Tab(context.new_page())
        elsewhere.page.goto(notes)
        copy(elsewhere.page, text="old, of the second computer")
        second = with_real_focus(Tab(context.new_page()))
        second.page.goto(qt.daemon.page)
        second.shows_desktop()
        second.page.mouse.click(640, 400)
        qt.clear(second)
        second.page.keyboard.press("Control+v")
        qt.shows("of the first computer")
        copy(elsewhere.page, text="new, of the second computer")
        second.page.bring_to_front()
        qt.clear(second)
        second.page.keyboard.press("Control+v")
        qt.shows("new, of the second computer")
    finally:
        browser.close()


@pytest.mark.usefixtures("allowed")
def test_what_the_desktop_has_is_shown_and_said_in_words(
    qt: Editor, tab: OpenTab, notes: str
) -> None:
    other = with_real_focus(tab(notes))
    desktop = visit(tab, qt.daemon.page)
    notice = desktop.page.locator("#notice")
    qt.copy(SHORT)
    comes_here(desktop, other, SHORT)
    desktop.page.reload()
    desktop.shows_desktop()
    desktop.page.bring_to_front()
    desktop.page.keyboard.press("Control+Alt+Shift+M")
    desktop.page.locator("#bar-clipboard").click()
    expect(desktop.page.locator("#clipboard-text")).to_have_value(SHORT)
    desktop.page.keyboard.press("Escape")
    qt.copy("x" * 2_000_000)
    expect(notice).to_contain_text("copied text can be pasted on the desktop only")
    qt.copy(b"\x89PNG\r\n\x1a\n\x00\xff no picture", "image/png")
    expect(notice).to_contain_text("copied image can be pasted on the desktop only")
    qt.copy(b"%PDF-\xff\xfe", "application/pdf")
    until(lambda: qt.clipboard() == "", 20, "something else")
    assert here(other) == SHORT, "no bytes of other kinds as a text"
    desktop.page.bring_to_front()
    qt.clear(desktop)
    desktop.page.keyboard.press("Control+v")
    desktop.page.keyboard.type("nothing")
    qt.shows("nothing")
