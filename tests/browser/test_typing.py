"""What a person types in a browser on keyboards of several countries, into several toolkits.

Real keys of an X server with a window manager, real browsers on it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from desktopd.geometry import Size
from tests.browser.lines import Line, all_lines
from tests.chromium import FLAGS
from tests.daemon import Daemon, short_folder, until
from tests.engines import executable, plain
from tests.ibus import japanese
from tests.x11.conftest import Server, running

# What is typed on a keyboard of a country, and its keys by the letters that shortcuts are named by.
LAYOUTS = {
    "us": ("Hi, 1+1=2 {ok}?", "acsz"),
    "de": ("Zürich, größer: @€ {}", "acsz"),
    "fr": ("déjà, ça où? 12", "acsz"),
    "gr": ("Ξεψω, δθ", ("Greek_alpha", "Greek_psi", "Greek_sigma", "Greek_zeta")),
    "ru": ("Привет, мир!", ("Cyrillic_ef", "Cyrillic_es", "Cyrillic_yeru", "Cyrillic_ya")),
    "il": ("שלום", ("hebrew_shin", "hebrew_bet", "hebrew_dalet", "hebrew_zain")),
}
OTHER = "another window"


@dataclass
class Desk:
    """The computer of a visitor: a screen with a keyboard, whose browser shows a desktop."""

    server: Server
    lines: dict[str, Line]
    page: Page | None = None

    def layout(self, *names: str) -> None:
        self.server.run("setxkbmap", "-option", "")
        self.server.run("setxkbmap", *names)

    def type(self, text: str) -> None:
        self.server.run("xdotool", "type", "--delay", "20", text)

    def key(self, *names: str, delay: int = 30) -> None:
        self.server.run("xdotool", "key", "--delay", str(delay), *names)

    def hold(self, *names: str) -> None:
        self.server.run("xdotool", "keydown", *names)

    def release(self, *names: str) -> None:
        self.server.run("xdotool", "keyup", *names)

    def window(self) -> str:
        """The window that has the keys on the visitor's screen."""
        return self.server.run("xdotool", "getactivewindow").strip()

    def other(self) -> str:
        return self.server.run("xdotool", "search", "--name", OTHER).split()[0]

    def activate(self, window: str) -> None:
        self.server.run("xdotool", "windowactivate", "--sync", window)

    def switch(self) -> None:
        """Change to the other window, as a person does."""
        before = self.window()
        self.key("alt+Tab")
        until(lambda: self.window() != before, 30, "the other window")


@pytest.fixture(scope="module")
def desktop() -> Iterator[Daemon]:
    with short_folder() as folder:
        daemon = Daemon(folder, app="xterm", display="xvfb", size="1280x720")
        daemon.ready()
        yield daemon
        daemon.stop()


@pytest.fixture(scope="module")
def lines(desktop: Daemon) -> Iterator[dict[str, Line]]:
    """Every program, once for all tests."""
    with all_lines(desktop.environment(), desktop.folder) as lines:
        yield lines


def manages(server: Server) -> bool:
    """Whether a window manager has begun: it alone has a number of desktops."""
    with suppress(subprocess.CalledProcessError):
        return bool(server.run("xdotool", "get_num_desktops"))
    return False


@pytest.fixture(scope="module")
def screen() -> Iterator[Server]:
    """The visitor's screen, with a window."""
    with running("xvfb", Size(1300, 900)) as server:
        server.start("openbox", "--sm-disable")
        # A busy machine may let go of a key late; nobody here holds one.
        server.run("xset", "r", "off")
        until(lambda: manages(server), 20, "a window manager")
        server.start("xterm", "-T", OTHER, "-geometry", "20x5+900+700", "-e", "cat")
        server.run("xdotool", "search", "--sync", "--onlyvisible", "--name", OTHER)
        yield server


@contextmanager
def apple(chromium: Browser, screen: Server, address: str) -> Iterator[Page]:
    """Chromium that says that it runs on a machine of Apple, whose Command is Super here."""
    browser = chromium.browser_type.launch(
        executable_path=executable(chromium),
        headless=False,
        env={**screen.environment},
        args=FLAGS,
    )
    context = browser.new_context(no_viewport=True)
    context.add_init_script(
        "Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' });"
        "Object.defineProperty(navigator, 'userAgentData', { get: () => ({ platform: 'macOS' }) });"
    )
    page = context.new_page()
    page.goto(address)
    yield page
    browser.close()


@pytest.fixture(scope="module")
def desk(
    request: pytest.FixtureRequest,
    screen: Server,
    desktop: Daemon,
    lines: dict[str, Line],
    chromium: Browser,
) -> Iterator[Desk]:
    """One browser at a time: a name, with `japanese` behind it for one with an input method."""
    name, *more = request.param.split()
    with ExitStack() as stack:
        desk = Desk(screen, lines)
        if name == "apple":
            desk.page = stack.enter_context(apple(chromium, screen, desktop.page))
        else:
            if more:
                folder = stack.enter_context(short_folder())
                desk.server = stack.enter_context(japanese(screen, folder))
            program = executable(chromium) if name == "chromium" else name
            stack.enter_context(plain(program, desk.server, desktop.page))
        lines["Qt"].activate()
        desk.layout("us")
        until(lambda: clicked(desk, lines["Qt"]), 60, "a click")
        yield desk
    until(lambda: not desktop.session()["viewers"], 30, "no viewer")


def clicked(desk: Desk, line: Line) -> bool:
    """Whether a click arrives, within more than a double click takes."""
    before = len(line.facts())
    desk.server.run("xdotool", "mousemove", "640", "500", "click", "1")
    with suppress(AssertionError):
        until(lambda: len(line.facts()) > before, 2)
    return len(line.facts()) > before


in_each_browser = pytest.mark.parametrize("desk", ["chromium", "firefox"], indirect=True)


@in_each_browser
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_into_every_toolkit(desk: Desk, layout: str) -> None:
    text, keys = LAYOUTS[layout]
    desk.layout(layout)
    for line in desk.lines.values():
        with line.gets(text, "Ctrl+A", "Ctrl+C", "Ctrl+S", "Ctrl+Z"):
            desk.type(text)
            desk.key(*(f"ctrl+{key}" for key in keys))


@in_each_browser
def test_dead_and_compose_keys_give_characters(desk: Desk) -> None:
    desk.layout("us", "-variant", "intl", "-option", "compose:menu")
    compositions = [
        *(("dead_acute", "e"), ("dead_circumflex", "space"), ("dead_tilde", "n")),
        *(
            ("dead_diaeresis", "U"),
            ("Multi_key", "quotedbl", "o"),
            ("Multi_key", "minus", "greater"),
        ),
    ]
    for line in desk.lines.values():
        with line.gets("é^ñÜö→ab"):
            for keys in compositions:
                desk.key(*keys)
            desk.type("ab")


@in_each_browser
def test_after_another_window_keys_are_text(desk: Desk) -> None:
    desk.layout("us")
    with desk.lines["Qt"].gets(20 * "hi"):
        for _ in range(20):
            desk.switch()
            desk.switch()
            desk.type("hi")


@in_each_browser
def test_a_release_that_another_window_gets_is_not_missed(desk: Desk) -> None:
    desk.layout("us")
    browser = desk.window()
    for modifier in ("alt", "ctrl", "super", "shift"):
        with desk.lines["Qt"].gets("hi"):
            desk.hold(modifier)
            desk.activate(desk.other())
            desk.release(modifier)
            desk.activate(browser)
            desk.type("hi")


@in_each_browser
def test_a_modifier_that_another_window_got_counts(desk: Desk) -> None:
    desk.layout("us")
    browser = desk.window()
    with desk.lines["Qt"].gets("", "Ctrl+S"):
        desk.activate(desk.other())
        desk.hold("ctrl")
        desk.activate(browser)
        desk.key("s")
        desk.release("ctrl")


@in_each_browser
def test_alt_opens_a_menu_alone_and_with_a_letter(desk: Desk) -> None:
    desk.layout("us")
    line = desk.lines["Qt"]
    with line.gets("hi", "menu", "closed", "menu", "closed"):
        for keys in (("alt", "h"), ("alt+h",)):
            desk.key(*keys)
            until(lambda: line.shortcuts()[-1:] == ["menu"], 30, f"a menu by {keys}")
            desk.key("Escape", "Escape")
            until(lambda: line.shortcuts()[-1:] == ["closed"], 30, "no menu")
        desk.type("hi")


@pytest.mark.parametrize("desk", ["chromium japanese", "firefox japanese"], indirect=True)
def test_japanese_arrives_once(desk: Desk) -> None:
    with desk.lines["Qt"].gets("日本語細胞、"):
        # As fast as people do: an input method answers each key from a process of its own.
        desk.key(*"nihongo", "space", "Return", delay=100)
        desk.key(*"saibou", "space", "Return", "comma", "Return", delay=100)
        desk.key(*"karu", "Escape", delay=100)


@pytest.mark.parametrize("desk", ["apple"], indirect=True)
def test_command_is_control_and_option_makes_characters(desk: Desk) -> None:
    assert desk.page
    devtools = desk.page.context.new_cdp_session(desk.page)
    shortcuts = ["Ctrl+A", "Ctrl+C", "Ctrl+S", "Ctrl+Z"]
    for line in desk.lines.values():
        with line.gets("hiå", *shortcuts, *shortcuts):
            desk.key(*(f"super+{letter}" for letter in "acsz"))
            desk.layout("ru")
            desk.key(*(f"super+{key}" for key in LAYOUTS["ru"][1]))
            desk.layout("us")
            desk.key("super", "alt")
            desk.type("hi")
            option = {"modifiers": 1, "key": "å", "code": "KeyA"}
            devtools.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": "å", **option})
            devtools.send("Input.dispatchKeyEvent", {"type": "keyUp", **option})
