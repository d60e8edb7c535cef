"""Pictures and HTML between napari, other programs of the desktop, and a page of the browser."""

from __future__ import annotations

import base64
import io
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.napari_desktop import Napari, running
from tests.chromium import Picture, Tab, pixels, save
from tests.daemon import until

OpenTab = Callable[[str], Tab]
NOTES = Path(__file__).parent / "pages" / "notes.html"
DUMP = """
import napari, numpy
layers = napari.current_viewer().layers
numpy.savez("{folder}/layers.npz", **{{layer.name: layer.data for layer in layers}})
"""
ADD = """
import napari, numpy
viewer = napari.current_viewer()
viewer.layers.clear()
viewer.add_image(numpy.array({picture}, numpy.uint8))
"""
COPY_HTML = """
from qtpy.QtCore import QMimeData
from qtpy.QtGui import QGuiApplication
data = QMimeData()
data.setText("grün")
data.setHtml("<b>grün</b>")
QGuiApplication.clipboard().setMimeData(data)
"""

# Of what this computer's clipboard has.
TYPES = "async () => (await navigator.clipboard.read()).flatMap(({ types }) => types)"


def noise(seed: int, size: tuple[int, int] = (48, 64)) -> Picture:
    return np.random.default_rng(seed).integers(0, 255, (*size, 3), np.uint8)


def png(picture: Picture) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


class NapariClipboard:
    """The clipboard of a desktop with napari, and napari's data."""

    def __init__(self, napari: Napari) -> None:
        self.daemon = napari.daemon
        self.data = napari.data
        self.run = napari.run

    def layers(self) -> dict[str, Picture]:
        """The data of all layers."""
        self.run(DUMP.format(folder=self.data))
        with np.load(self.data / "layers.npz") as layers:
            return dict(layers)

    def has_layers(self, count: int) -> bool:
        return len(self.daemon.request("GET", "/api/app/layers").json()["layers"]) == count

    def image(self) -> bytes:
        """The PNG on the clipboard, empty where there is none."""
        answer = self.daemon.request("GET", "/api/clipboard", headers={"Accept": "image/png"})
        return answer.content if answer.status_code == 200 else b""

    def copy(self, data: bytes, target: str) -> None:
        """Copy as another program does."""
        command = ["xclip", "-selection", "clipboard", "-target", target]
        subprocess.run(command, input=data, env=self.daemon.environment(), check=True, timeout=20)

    def paste(self, target: str) -> bytes:
        """Paste as another program does."""
        command = ["xclip", "-selection", "clipboard", "-target", target, "-out"]
        environment = self.daemon.environment()
        return subprocess.run(command, env=environment, capture_output=True, timeout=20).stdout


@pytest.fixture(scope="module")
def napari() -> Iterator[NapariClipboard]:
    with running("napari") as one:
        yield NapariClipboard(one)


@pytest.fixture(scope="module")
def notes() -> Iterator[str]:
    """The address of a page of somebody else, in which one can copy and paste."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(NOTES.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{NOTES.name}"
    server.shutdown()
    thread.join()
    server.server_close()


def with_real_focus(tab: Tab) -> Tab:
    """Playwright has every page believe that it has the focus."""
    session = tab.page.context.new_cdp_session(tab.page)
    session.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    return tab


def copy(page: Page, **forms: Any) -> None:
    """Copy in the page of somebody else."""
    page.bring_to_front()
    image = forms.pop("image", None)
    forms = forms if image is None else {**forms, "image": base64.b64encode(image).decode()}
    page.evaluate("forms => { window.forms = forms; }", forms)
    page.locator("button").click()
    expect(page.locator("output")).to_have_text("copied")


def pasted(page: Page) -> dict[str, Any]:
    """Paste in the page of somebody else."""
    page.bring_to_front()
    page.evaluate("() => { window.pasted = null; }")
    page.locator("[contenteditable]").click()
    page.keyboard.press("Control+v")
    return dict(until(lambda: page.evaluate("window.pasted"), 20, "a paste"))


def pasted_picture(page: Page) -> Picture:
    image = pasted(page)["image"]
    return pixels(base64.b64decode(image)) if image else np.empty((0, 0, 3), np.uint8)


def arrives(desktop: Tab, other: Page, picture: Picture) -> bool:
    """Whether the page of somebody else pastes this when the user comes to it from the desktop."""
    desktop.page.bring_to_front()
    return np.array_equal(pasted_picture(other), picture)


def layer_of_the_clipboard(napari: NapariClipboard, desktop: Tab) -> Picture:
    """What napari makes of "New Image from Clipboard"."""
    napari.run("import napari\nnapari.current_viewer().layers.clear()")
    desktop.page.keyboard.press("Control+n")
    until(lambda: napari.has_layers(1), 20, "a layer")
    (layer,) = napari.layers().values()
    return layer[:, :, :3]


@pytest.fixture
def allowed(napari: NapariClipboard, notes: str, context: BrowserContext) -> None:
    for origin in (napari.daemon.base, notes):
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=origin)


@pytest.mark.usefixtures("allowed")
def test_pictures_go_both_ways_between_napari_and_a_page_of_the_browser(
    napari: NapariClipboard, tab: OpenTab, notes: str
) -> None:
    other = with_real_focus(tab(notes)).page
    desktop = with_real_focus(tab(napari.daemon.page))
    desktop.shows_desktop()
    napari.run(ADD.format(picture=noise(1).tolist()))
    until(lambda: napari.has_layers(1), 20, "a layer")
    desktop.page.mouse.click(700, 400)
    desktop.page.keyboard.press("Alt+c")
    screenshot = pixels(until(napari.image, 20, "a screenshot on the desktop's clipboard"))
    assert np.unique(screenshot).size > 100
    until(partial(arrives, desktop, other, screenshot), 20, "the same pixels")

    copy(other, image=png(noise(2)))
    desktop.page.bring_to_front()
    assert np.array_equal(layer_of_the_clipboard(napari, desktop), noise(2))


def test_a_copy_of_the_desktop_does_not_come_back_from_the_browser(
    napari: NapariClipboard, tab: OpenTab
) -> None:
    desktop = with_real_focus(tab(napari.daemon.page))
    desktop.shows_desktop()
    napari.run(ADD.format(picture=noise(6).tolist()))
    desktop.page.mouse.click(700, 400)
    with desktop.page.expect_response(f"{napari.daemon.base}/api/clipboard"):
        desktop.page.keyboard.press("Alt+c")
    formats = napari.paste("TARGETS")
    assert b"application/x-qt-image" in formats
    desktop.page.keyboard.press("Control+v")
    layer_of_the_clipboard(napari, desktop)
    assert napari.paste("TARGETS") == formats


@pytest.mark.usefixtures("allowed")
def test_html_goes_both_ways_with_its_text(
    napari: NapariClipboard, tab: OpenTab, notes: str
) -> None:
    other = with_real_focus(tab(notes)).page
    desktop = with_real_focus(tab(napari.daemon.page))
    desktop.shows_desktop()
    napari.run(COPY_HTML)
    until(lambda: "text/html" in desktop.page.evaluate(TYPES), 20, "HTML")
    told = pasted(other)
    assert told["text"] == "grün"
    assert "<b>grün</b>" in told["html"]

    copy(other, text="rot", html="<i>rot</i>")
    desktop.page.bring_to_front()
    until(lambda: napari.paste("UTF8_STRING") == b"rot", 20, "the text")
    assert b"<i>rot</i>" in napari.paste("text/html")


def by_keyboard(page: Page, element: str) -> None:
    """Press a button or link that can be reached by the tab key."""
    wanted = page.locator(element)
    for _ in range(30):
        if wanted.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not lead to {element}")


def test_without_permission_a_paste_brings_a_picture_and_the_panel_gives_one(
    napari: NapariClipboard, insecure: BrowserContext, notes: str, tmp_path: Path
) -> None:
    other = insecure.new_page()
    other.goto(notes)
    copy(other, image=png(noise(3)))
    desktop = with_real_focus(Tab(insecure.new_page()))
    page = desktop.page
    page.goto(napari.daemon.page.replace("127.0.0.1", "desktop.test"))
    desktop.shows_desktop()
    assert page.evaluate("navigator.clipboard") is None

    page.keyboard.press("Control+v")
    assert np.array_equal(layer_of_the_clipboard(napari, desktop), noise(3))

    newer = noise(4)
    napari.copy(png(newer), "image/png")
    expect(page.locator("#notice")).to_contain_text("in the clipboard panel")
    page.keyboard.press("Control+v")
    assert np.array_equal(layer_of_the_clipboard(napari, desktop), newer), "an older picture"

    page.locator("#bar-handle").focus()
    page.keyboard.press("Enter")
    by_keyboard(page, "#bar-clipboard")
    expect(page.locator("#clipboard-picture-facts")).to_contain_text("64")
    save(desktop.picture(), "clipboard-panel")
    by_keyboard(page, "#clipboard-copy")
    expect(page.locator("#clipboard-status")).to_contain_text("The browser refused")
    with page.expect_download() as download:
        by_keyboard(page, "#clipboard-save")
    assert np.array_equal(pixels(download.value.path().read_bytes()), newer)

    with page.expect_file_chooser() as chooser:
        by_keyboard(page, "#clipboard-choose")
    chosen = tmp_path / "chosen.tif"
    Image.fromarray(noise(5)).save(chosen)
    chooser.value.set_files(chosen)
    status = page.locator("#clipboard-status")
    expect(status).to_have_text("The desktop has this picture.")
    assert np.array_equal(pixels(napari.paste("image/png")), noise(5))
    page.locator("#clipboard-text").focus()
    page.keyboard.press("Control+v")
    until(lambda: np.array_equal(pixels(napari.paste("image/png")), noise(3)), 20, "a paste")
    chosen.write_bytes(png(noise(6, (3400, 3400))))
    chosen = chosen.rename(tmp_path / "large.png")
    page.locator("#clipboard-choose-input").set_input_files(chosen)
    expect(status).to_contain_text("Use a file instead")
