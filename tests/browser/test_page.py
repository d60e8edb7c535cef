"""The page around the desktop: start, faults, access, clipboard, embedding. xterm is enough."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import numpy as np
import pytest
from playwright.sync_api import BrowserContext, expect

from tests import http
from tests.chromium import Tab, save, screen
from tests.daemon import Daemon, daemons, short_folder, until
from tests.network import network

Start = Callable[..., Daemon]
OpenTab = Callable[[str], Tab]
UNICODE = "grün 細胞 🔬 naïve Ω"


@pytest.fixture(scope="module")
def started() -> Iterator[Daemon]:
    with short_folder() as folder, daemons(folder) as start:
        yield start(app="xterm -fa Monospace", display="xvfb", size="1280x720")


@pytest.fixture
def desktop(started: Daemon) -> Daemon:
    """One for all tests, as at its start, whatever the test before has done to it."""
    started.whole()
    size = {"width": 1280, "height": 720}
    assert started.request("PUT", "/api/display", json=size).status_code == 200
    return started


def test_the_page_opens_at_once_and_tells_what_it_waits_for(
    daemon: Start, tab: OpenTab, folder: Path
) -> None:
    gate = folder / "gate"
    script = f"until test -e {gate}; do sleep 0.1; done; exec xterm"
    desktop = daemon("--app", f"sh -c '{script}'", display="xvfb", size="1280x720")
    page = tab(desktop.page)
    page.shows(stage="application", link="connected")
    start = page.page.locator("#start")
    expect(start).to_be_visible()
    expect(start).to_contain_text("Window manager")
    save(page.picture(), "start")
    gate.touch()
    page.shows_desktop()


@pytest.mark.parametrize("name", ["rfb", "window_manager", "application", "display"])
def test_the_page_is_back_without_a_hand_after_a_kill(
    desktop: Daemon, tab: OpenTab, name: str
) -> None:
    page = tab(desktop.page)
    page.shows_desktop()
    for _ in range(4):
        killed = desktop.pid(name)
        os.kill(killed, signal.SIGKILL)
        until(lambda: desktop.service(name)["pid"] not in (None, killed), 30, "a restart")  # noqa: B023
        desktop.ready()
        page.shows_desktop()
    until(lambda: np.unique(screen(desktop)).size > 2, 30, "a picture")


def test_the_page_is_back_after_deaths_of_the_daemon(desktop: Daemon, tab: OpenTab) -> None:
    page = tab(desktop.page)
    page.shows_desktop()
    pids = [desktop.pid("display"), desktop.pid("application")]
    for _ in range(4):
        desktop.kill()
        page.shows(link="reconnecting")
        desktop.start()
        page.shows_desktop()
    assert [desktop.pid("display"), desktop.pid("application")] == pids
    assert page.page.url.rstrip("/") == desktop.base


def test_a_cut_network_is_told_and_the_page_is_back_by_itself(
    desktop: Daemon, tab: OpenTab
) -> None:
    with network(httpx.URL(desktop.base).port or 0) as way:
        page = tab(f"http://127.0.0.1:{way.port}/?token={desktop.token}")
        page.shows_desktop()
        notice = page.page.locator("#reconnecting")
        way.cut()
        expect(notice).to_contain_text("Nothing arrives", timeout=20_000)
        assert page.data("link") == "connected"
        way.heal()
        expect(notice).to_be_hidden(timeout=20_000)
        page.shows(link="connected")


def test_an_application_that_crashes_is_told_and_can_be_retried(
    daemon: Start, tab: OpenTab, folder: Path
) -> None:
    good = folder / "good"
    script = f"test -e {good} && exec xterm; echo ImportError: no such module >&2; exit 3"
    desktop = daemon("--app", f"sh -c '{script}'", display="xvfb")
    page = tab(desktop.page)
    page.shows(stage="failed")
    start = page.page.locator("#start")
    expect(start).to_contain_text("exited with status 3")
    expect(start).to_contain_text("ImportError: no such module")
    save(page.picture(), "crash")
    good.touch()
    page.page.get_by_role("button", name="Retry").click()
    page.shows_desktop()


def test_a_page_that_nobody_looks_at_gets_no_pictures(daemon: Start, tab: OpenTab) -> None:
    clock = "xterm -e 'while :; do date +%s.%N; sleep 0.02; done'"
    desktop = daemon(app=clock, display="xvfb", size="800x600")
    page = tab(desktop.page)
    page.shows_desktop()

    def hide(hidden: bool) -> None:
        # Playwright has a browser without a window believe that every page is seen.
        page.page.evaluate(
            """hidden => {
              Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
              document.dispatchEvent(new Event('visibilitychange'));
            }""",
            hidden,
        )

    def sent_in_two_seconds() -> float:
        before = desktop.sent_bytes()
        time.sleep(2)
        return desktop.sent_bytes() - before

    until(lambda: sent_in_two_seconds() > 10_000, 20, "a moving picture")
    hide(True)
    until(lambda: sent_in_two_seconds() < 100, 20, "silence")
    hide(False)
    until(lambda: sent_in_two_seconds() > 10_000, 20, "a moving picture")


def test_without_a_token_a_form_asks_for_it(desktop: Daemon, tab: OpenTab) -> None:
    page = tab(desktop.base)
    page.page.locator("input[name=token]").fill("not-the-token")
    page.page.keyboard.press("Enter")
    expect(page.page.locator("input[name=token]")).to_be_visible()
    page.page.locator("input[name=token]").fill(desktop.token)
    page.page.keyboard.press("Enter")
    page.shows_desktop()
    page.page.reload()
    page.shows_desktop()
    assert page.page.url.rstrip("/") == desktop.base


@pytest.mark.parametrize("path", ["vnc.html", "vnc_lite.html"])
def test_novncs_addresses_and_parameters_work(desktop: Daemon, tab: OpenTab, path: str) -> None:
    page = tab(f"{desktop.base}/{path}?token={desktop.token}&autoconnect=0&resize=scale&path=ws/")
    page.page.get_by_role("button", name="Connect").click()
    page.shows_desktop()
    page.page.set_viewport_size({"width": 640, "height": 360})
    page.shows(size="1280x720", scale="0.5")


def test_resize_off_leaves_the_desktop_as_it_is(desktop: Daemon, tab: OpenTab) -> None:
    page = tab(f"{desktop.page}&resize=off")
    page.shows_desktop()
    page.page.set_viewport_size({"width": 800, "height": 600})
    other = tab(f"{desktop.base}/?resize=off")
    other.shows_desktop()
    assert page.size() == other.size() == (1280, 720)


def test_the_bar_can_be_hidden(desktop: Daemon, tab: OpenTab) -> None:
    page = tab(f"{desktop.page}&bar=0")
    page.shows_desktop()
    expect(page.page.locator("#bar")).to_be_hidden()
    until(lambda: np.array_equal(page.picture(), screen(desktop)), 20, "the same picture")


def test_text_is_copied_from_the_desktop_to_the_browser(
    desktop: Daemon, tab: OpenTab, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=desktop.base)
    page = tab(desktop.page)
    page.shows_desktop()
    subprocess.run(
        ["xclip", "-selection", "clipboard"],
        input=UNICODE.encode(),
        env=desktop.environment(),
        check=True,
    )
    until(lambda: page.page.evaluate("navigator.clipboard.readText()") == UNICODE, 30, "the text")


def test_text_is_pasted_from_the_browser_into_the_desktop(
    desktop: Daemon, tab: OpenTab, context: BrowserContext
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=desktop.base)
    page = tab(desktop.page)
    page.shows_desktop()
    text = f"{UNICODE}, pasted"
    page.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.page.evaluate("window.dispatchEvent(new Event('focus'))")

    def pasted() -> bool:
        out = subprocess.run(
            ["xclip", "-selection", "clipboard", "-o"],
            env=desktop.environment(),
            capture_output=True,
            check=False,
            timeout=10,
        ).stdout
        return out.decode("utf-8", "replace") == text

    until(pasted, 30, "the text")


@pytest.fixture
def parent(folder: Path) -> Iterator[Callable[[str], str]]:
    """Another origin, whose page embeds an address in an iframe."""
    pages = folder / "pages"
    pages.mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(pages))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def embed(address: str) -> str:
        (pages / "course.html").write_text(
            f'<iframe width=800 height=600 src="{address}"></iframe>'
        )
        return f"http://127.0.0.1:{server.server_port}/course.html"

    yield embed
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("allowed", [True, False])
def test_only_an_allowed_parent_embeds_the_desktop(
    daemon: Start, tab: OpenTab, parent: Callable[[str], str], allowed: bool
) -> None:
    origin = parent("about:blank").rsplit("/", 1)[0]
    settings = {"frame_ancestors": f"'self' {origin}"} if allowed else {}
    desktop = daemon(app="xterm", display="xvfb", **settings)
    desktop.ready()
    page = tab(parent(desktop.page))
    frame = next(f for f in page.page.frames if f.parent_frame)
    if allowed:
        expect(frame.locator("canvas").first).to_be_visible(timeout=15_000)
    else:
        frame.wait_for_load_state()
        assert frame.locator("canvas").count() == 0


def test_one_front_door_shows_another_desktop(daemon: Start, tab: OpenTab, folder: Path) -> None:
    back = daemon(app="xterm -bg darkgreen", display="xvfb", size="640x480")
    back.ready()
    names = folder / "names.txt"
    names.write_text(f"ada: unix_socket:{back.folder / 'run' / 'rfb.sock'}\n")
    front = daemon(
        app="xterm",
        display="xvfb",
        size="800x600",
        target_plugin="ReadOnlyTokenFile",
        target_source=names,
    )
    front.ready()
    page = tab(f"{front.page}&path=websockify")
    page.shows_desktop()
    page = tab(f"{front.base}/vnc.html?resize=off&path=websockify%3Ftoken%3Dada")
    page.shows(link="connected", size="640x480")


def test_a_canary_token_leaves_no_trace(daemon: Start, tab: OpenTab) -> None:
    canary = "canary-5f1c9a7be2"
    desktop = daemon("--log-level", "debug", app="xterm", display="xvfb", token=canary)
    desktop.ready()
    page = tab(desktop.page)
    page.shows_desktop()
    http.get(f"{desktop.base}/nowhere?token={canary}")
    assert canary not in page.page.content()
    assert canary not in desktop.logs()
    for process in [desktop.process.pid, desktop.pid("application")]:
        assert canary.encode() not in Path(f"/proc/{process}/cmdline").read_bytes()
    environment = Path(f"/proc/{desktop.pid('application')}/environ").read_bytes()
    assert canary.encode() not in environment
