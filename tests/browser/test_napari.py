"""napari on each of the X servers, in a real browser."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.chromium import Picture, Tab, save, screen
from tests.daemon import ROOT, Daemon, until

OpenTab = Callable[[str], Tab]
LARGE = {"width": 1280, "height": 720}


@pytest.fixture(scope="module")
def samples() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="dd-samples-"))
    subprocess.run([sys.executable, ROOT / "container" / "samples.py", folder], check=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module", params=["xdummy", "xvfb", "xvnc"])
def napari(request: pytest.FixtureRequest, samples: Path) -> Iterator[Daemon]:
    folder = Path(tempfile.mkdtemp(prefix="dd-"))
    daemon = Daemon(
        folder,
        app=f"napari {samples / 'cells-2d.tif'} --channel-axis 0",
        display=request.param,
        size="1280x720",
        view_token="only-for-watching",
    )
    yield daemon
    daemon.stop()
    shutil.rmtree(folder, ignore_errors=True)


def canvas(picture: Picture) -> Picture:
    """The part of napari's window that shows the image, at 1280x720."""
    return picture[60:680, 300:1260]


def at_rest(daemon: Daemon) -> Picture:
    """The screen once two pictures in a row are the same."""
    last = screen(daemon)

    def same() -> bool:
        nonlocal last
        previous, last = last, screen(daemon)
        return previous.shape == last.shape and bool(np.array_equal(previous, last))

    until(same, 30, "a still picture")
    return last


def exact(tab: Tab, daemon: Daemon) -> bool:
    """Whether every pixel of napari's menu bar is that of the X server."""
    shown, real = tab.picture(), at_rest(daemon)
    assert shown.shape == real.shape
    return bool(np.array_equal(shown[:22, :300], real[:22, :300]))


def test_napari_fills_the_tab_with_an_image_at_its_true_pixels(
    napari: Daemon, tab: OpenTab, request: pytest.FixtureRequest
) -> None:
    page = tab(napari.page)
    page.shows_desktop()
    assert "token" not in page.page.url
    page.shows(size="1280x720", scale="1")
    napari.ready()
    until(lambda: np.unique(canvas(screen(napari))).size > 50, 30, "an image on the canvas")
    until(lambda: exact(page, napari), 20, "an exact menu")
    picture = page.picture()
    assert np.unique(canvas(picture)).size > 50, "napari's canvas is blank"
    path = save(picture, f"napari-{request.node.callspec.params['napari']}")
    assert path.stat().st_size < 300_000


def test_the_desktop_ends_at_the_exact_last_of_thirty_sizes(napari: Daemon, tab: OpenTab) -> None:
    page = tab(napari.page)
    page.shows_desktop()
    names = ["display", "rfb", "application"]
    before = [napari.pid(name) for name in names]
    sizes = random.Random(7)
    for _ in range(29):
        page.page.set_viewport_size(
            {"width": sizes.randint(320, 1920), "height": sizes.randint(240, 1080)}
        )
        time.sleep(10 / 30)
    page.page.set_viewport_size({"width": 1111, "height": 777})
    page.shows(size="1111x777", scale="1", link="connected")
    display = napari.session()["display"]
    assert (display["width"], display["height"]) == (1111, 777)
    assert screen(napari).shape == (777, 1111, 3)
    assert [napari.pid(name) for name in names] == before
    page.page.set_viewport_size(LARGE)
    page.shows(size="1280x720")


def test_a_window_smaller_than_napari_can_be_is_filled_by_a_scaled_picture(
    napari: Daemon, tab: OpenTab
) -> None:
    page = tab(napari.page)
    page.shows_desktop()
    page.page.set_viewport_size({"width": 320, "height": 240})

    def is_filled() -> bool:
        (width, height), scale = page.size(), float(page.data("scale") or 0)
        return scale < 1 and abs(width * scale - 320) < 2 and abs(height * scale - 240) < 2

    until(is_filled, 20, "napari scaled to 320x240")
    page.page.set_viewport_size(LARGE)
    page.shows(size="1280x720", scale="1")


@pytest.mark.parametrize("size", [(390, 844), (3840, 2160)])
def test_small_and_large_windows_are_filled(
    napari: Daemon, tab: OpenTab, size: tuple[int, int]
) -> None:
    page = tab(napari.page)
    page.shows_desktop()
    width, height = size
    page.page.set_viewport_size({"width": width, "height": height})
    page.shows(size=f"{width}x{height}", scale="1")
    page.page.set_viewport_size(LARGE)
    page.shows(size="1280x720", scale="1")


def test_the_same_session_is_there_after_the_tab_was_closed(napari: Daemon, tab: OpenTab) -> None:
    first = tab(napari.page)
    first.shows_desktop()
    pid = napari.pid("application")
    first.page.close()
    second = tab(napari.base)
    second.shows_desktop()
    assert napari.pid("application") == pid


def test_what_is_typed_and_clicked_arrives(napari: Daemon, tab: OpenTab) -> None:
    page = tab(napari.page)
    page.shows_desktop()
    below_the_menu_bar = np.s_[30:200, :150]
    before = at_rest(napari)[below_the_menu_bar]

    def menu_is_open() -> bool:
        return not np.array_equal(screen(napari)[below_the_menu_bar], before)

    page.page.mouse.click(20, 10)
    until(menu_is_open, 20, "a menu")
    page.page.keyboard.press("Escape")
    until(lambda: not menu_is_open(), 20, "the menu's end")


def test_a_watcher_sees_and_cannot_touch(napari: Daemon, tab: OpenTab) -> None:
    page = tab(f"{napari.base}/?token=only-for-watching")
    page.shows_desktop()
    assert napari.session()["viewers"][0]["role"] == "view"
    before = at_rest(napari)
    page.page.mouse.click(20, 10)
    page.page.keyboard.press("Control+o")
    # Who signs in after the click and sees the picture as it was had all the time to see it change.
    tab(f"{napari.base}/?token={napari.token}").shows_desktop()
    assert np.array_equal(at_rest(napari), before)


def test_napari_is_back_without_a_hand_after_kills(
    napari: Daemon, tab: OpenTab, request: pytest.FixtureRequest
) -> None:
    page = tab(napari.page)
    page.shows_desktop()
    others = [napari.pid(name) for name in ("display", "window_manager", "rfb")]
    # What the X server is makes no difference here, and every start of napari takes a while.
    turns = 4 if request.node.callspec.params["napari"] == "xdummy" else 1
    for _ in range(turns):
        old = napari.pid("application")
        os.kill(old, signal.SIGKILL)
        until(lambda old=old: napari.service("application")["pid"] not in (old, None), 30)  # type: ignore[misc]
        page.shows_desktop()
        napari.ready()
    until(lambda: np.unique(canvas(page.picture())).size > 50, 30, "an image on the canvas")
    assert [napari.pid(name) for name in ("display", "window_manager", "rfb")] == others
