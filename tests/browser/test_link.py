"""Addresses that open something in a real napari: `?open=…&layer=…&ndisplay=…`."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
import tifffile
from playwright.sync_api import BrowserContext, expect

from tests.browser.napari_desktop import VIEW, Napari
from tests.browser.served_files import served
from tests.chromium import Tab, save, screen
from tests.daemon import until

OpenTab = Callable[[str], Tab]
WITHIN = 120.0
# Seconds after napari's start, on a machine that has nothing else to do.
PAINTED = 3.0
CORES = os.cpu_count() or 1


@pytest.fixture(scope="module")
def napari() -> Iterator[Napari]:
    """A napari that has just been started, and shows nothing yet."""
    with tempfile.TemporaryDirectory(prefix="dd-") as folder:
        one = Napari(Path(folder), "napari", open_hosts="127.0.0.1")
        picture = np.zeros((8, 64, 64), np.uint8)
        picture[:, 16:48, 16:48] = 255
        tifffile.imwrite(one.data / "square.tif", picture, photometric="minisblack")
        yield one
        one.daemon.stop()


def link(napari: Napari, query: str, token: str = "") -> str:
    """An address as it stands on a course page."""
    return f"{napari.daemon.base}/?token={token or napari.daemon.token}&{query}"


def lights(napari: Napari) -> int:
    """White pixels of napari's canvas."""
    canvas = screen(napari.daemon)[80:660, 400:1240]
    return int((canvas > 240).all(axis=2).sum())


def selected(napari: Napari) -> list[str]:
    return [name for name, layer in napari.layers().items() if layer["active"]]


def notice(page: Tab) -> str:
    """What the page tells, once it does."""
    line = page.page.locator("#notice")
    expect(line).to_be_visible(timeout=60_000)
    return line.inner_text()


def test_a_link_shows_its_picture_from_a_cold_start(napari: Napari, tab: OpenTab) -> None:
    page = tab(link(napari, "open=square.tif&layer=nuclei&ndisplay=3"))
    assert page.data("stage") != "ready", "the page is there before napari"
    napari.ready()
    started = time.monotonic()
    until(lambda: list(napari.layers()) == ["nuclei"], WITHIN, "the layer")
    until(lambda: lights(napari) > 2000, WITHIN, "the picture")
    assert time.monotonic() - started < PAINTED * max(1, os.getloadavg()[0] / CORES)
    page.shows_desktop()
    assert napari.ask("GET", "/dims").json()["ndisplay"] == 3
    assert "open=square.tif&layer=nuclei&ndisplay=3" in page.page.url, "it can be kept"
    assert "token" not in page.page.url
    assert not page.page.locator("#link").is_visible(), "nothing was open: nobody is asked"
    until(lambda: (page.picture() > 240).all(axis=2).sum() > 2000, 20, "the picture in the page")
    save(page.picture(), "link")
    until(lambda: page.page.evaluate("history.state?.followed"), 20, "the link done")
    napari.ask("PUT", "/dims", json={"ndisplay": 2})
    page.page.reload()
    page.shows_desktop()
    again = tab(link(napari, "open=square.tif"))
    until(lambda: selected(napari) == ["nuclei"], 20, "the layer selected")
    again.shows_desktop()
    assert list(napari.layers()) == ["nuclei"], "neither a reload nor a second link opens it again"
    assert napari.ask("GET", "/dims").json()["ndisplay"] == 2, "a reload leaves the view alone"
    assert not again.page.locator("#link").is_visible()


def test_a_visitor_is_asked_once_before_a_link_adds_to_his_session(
    napari: Napari, tab: OpenTab
) -> None:
    napari.ready()
    page = tab(link(napari, f"open={quote(str(napari.data / 'cells.tif'))}"))
    question = page.page.locator("#link")
    expect(question).to_be_visible(timeout=60_000)
    assert "cells.tif is added to what is open" in question.inner_text()
    save(page.picture(), "link-asks")
    page.page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    assert "cells" not in napari.layers()
    page.page.reload()
    page.shows_desktop()
    page = tab(link(napari, "open=cells.tif"))
    expect(question := page.page.locator("#link")).to_be_visible(timeout=60_000)
    question.get_by_role("button", name="Open").click()
    until(lambda: selected(napari) == ["cells"], 30, "the layer")
    until(lambda: page.page.evaluate("history.state?.followed"), 20, "the link done")
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))
    page.page.reload()
    page.shows_desktop()
    assert not page.page.locator("#link").is_visible(), "asked once"
    assert not [url for url in asked if url.endswith("/api/app/open")]
    napari.ask("PATCH", "/layers/nuclei", json={"visible": False})
    tab(link(napari, "layer=nuclei"))
    until(lambda: selected(napari) == ["nuclei"], 30, "the layer selected")
    assert napari.layers()["nuclei"]["visible"]


def test_a_link_opens_an_address_of_a_listed_host(napari: Napari, tab: OpenTab) -> None:
    napari.ready()
    napari.run("v.layers.clear()")
    with served(napari.data) as address:
        tab(link(napari, f"open={quote(f'{address}/square.tif', safe='')}"))
        until(lambda: len(napari.layers()) == 1, WITHIN, "the layer")
        until(lambda: lights(napari) > 2000, WITHIN, "the picture")
    ((name, layer),) = napari.layers().items()
    assert (name, layer["path"]) == ("square", f"{address}/square.tif")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("open=none.tif", "none.tif is not shown: none.tif does not exist. Correct the path"),
        ("open=../run/token", "outside of files_root. Open a path inside"),
        ("open=https://evil.org/a.zarr", "Add evil.org to the setting open_hosts"),
        ("open=broken.tif", "broken.tif is not shown: Tried opening with napari, but failed"),
        ("layer=none", "the layers are square"),
    ],
)
def test_a_link_that_cannot_be_followed_says_why(
    napari: Napari, tab: OpenTab, query: str, words: str
) -> None:
    napari.ready()
    (napari.data / "broken.tif").write_text("no picture")
    napari.run("v.layers.clear()")
    if query.startswith("layer"):
        napari.open("square.tif")
    assert words in notice(tab(link(napari, query)))


def test_a_link_runs_no_script_unasked(napari: Napari, tab: OpenTab) -> None:
    napari.ready()
    napari.run("v.layers.clear()")
    (napari.data / "add.py").write_text("import napari\nnapari.current_viewer().add_points()")
    page = tab(link(napari, "open=add.py"))
    expect(question := page.page.locator("#link")).to_be_visible(timeout=60_000)
    assert "is a program" in question.inner_text()
    assert napari.layers() == {}
    question.get_by_role("button", name="Open").click()
    until(lambda: "Points" in napari.layers(), 30, "what the script adds")


def test_a_watcher_is_told_that_he_may_not(napari: Napari, tab: OpenTab) -> None:
    napari.ready()
    before = list(napari.layers())
    page = tab(link(napari, "open=more.tif", VIEW))
    assert notice(page) == "You may only watch: what the link names is not opened."
    assert list(napari.layers()) == before


def test_the_login_keeps_the_link(napari: Napari, context: BrowserContext, tab: OpenTab) -> None:
    napari.ready()
    napari.run("v.layers.clear()")
    (napari.data / "token-a.tif").write_bytes((napari.data / "square.tif").read_bytes())
    context.clear_cookies()
    page = tab(f"{napari.daemon.base}/?open=token-a.tif&ndisplay=3")
    page.page.get_by_label("Token").fill(napari.daemon.token)
    page.page.get_by_role("button").click()
    until(lambda: list(napari.layers()) == ["token-a"], WITHIN, "the layer")
    assert "open=token-a.tif" in page.page.url


def test_a_narrow_window_shows_the_whole_question(
    napari: Napari, context: BrowserContext, tab: OpenTab
) -> None:
    napari.ready()
    page = tab("about:blank")
    page.page.set_viewport_size({"width": 390, "height": 844})
    name = "a-folder-with-a-rather-long-name/" * 3 + "add.py"
    (napari.data / name).parent.mkdir(parents=True)
    (napari.data / name).touch()
    page.page.goto(link(napari, f"open={name}"))
    question = page.page.locator("#link .card")
    expect(question).to_be_visible(timeout=60_000)
    save(page.picture(), "link-asks-narrow")
    box = question.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
