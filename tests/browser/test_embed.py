"""The desktop in a page of another site: the documentation's example, and those who may not."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
import tifffile
from playwright.sync_api import Browser, Frame, Page, expect

from tests import http
from tests.browser.course import chromium_arguments, course, free_port, pages
from tests.browser.napari_desktop import VIEW, Napari
from tests.browser.plain_course import PlainCourse, plain_course
from tests.chromium import FLAGS, pixels, save
from tests.daemon import Daemon, until
from tests.unit.certificate import certificate

Start = Callable[..., Daemon]
WITHIN = 120_000


@dataclass
class Course:
    """A desktop, and two servers of one page: only the origin `listed` is in frame_ancestors."""

    napari: Napari
    listed: str
    other: str


@pytest.fixture(scope="module")
def taught() -> Iterator[Course]:
    with tempfile.TemporaryDirectory(prefix="dd-") as name:
        folder = Path(name)
        cert, key = certificate(folder)
        ports = free_port(), free_port()
        listed, other = (f"http://localhost:{port}" for port in ports)
        http.trusted.load_verify_locations(cert)
        napari = Napari(
            folder, "napari", tls_cert=cert, tls_key=key, frame_ancestors=f"self {listed}"
        )
        picture = np.zeros((64, 64), np.uint8)
        picture[16:48, 16:48] = 255
        tifffile.imwrite(napari.data / "cells.tif", picture)
        base, token = napari.daemon.base, napari.daemon.token
        served = pages(folder / "pages")
        with (
            course(served, ports[0], base, token, cert),
            course(served, ports[1], base, token, cert),
        ):
            yield Course(napari, listed, other)
        napari.daemon.stop()


@pytest.fixture(scope="module")
def cookieless(chromium: Browser, taught: Course) -> Iterator[Browser]:
    """A Chromium that finds the desktop as the example names it."""
    port = httpx.URL(taught.napari.daemon.base).port
    assert port
    browser = chromium.browser_type.launch(
        executable_path=shutil.which("chromium"), args=[*FLAGS, *chromium_arguments(port)]
    )
    yield browser
    browser.close()


@pytest.fixture
def page(cookieless: Browser) -> Iterator[Page]:
    context = cookieless.new_context(viewport={"width": 1280, "height": 720})
    yield context.new_page()
    context.close()


def frame_of(page: Page) -> Frame:
    element = page.wait_for_selector("iframe")
    assert element
    frame = element.content_frame()
    assert frame
    return frame


def desk(page: Page) -> Frame:
    """The desktop's frame, with its picture."""
    frame = frame_of(page)
    expect(frame.locator("#start")).to_be_hidden(timeout=WITHIN)
    expect(frame.locator("canvas").first).to_be_visible()
    return frame


def test_the_example_opens_a_file_and_gets_a_picture(taught: Course, page: Page) -> None:
    taught.napari.ready()
    page.goto(f"{taught.listed}/course.html")
    expect(page.locator("#layers")).to_have_text("nuclei", timeout=WITHIN)
    picture = page.locator("#picture")
    until(lambda: picture.evaluate("image => image.naturalWidth") > 300, 30, "the picture")
    bright = picture.evaluate(
        """(image) => {
          const context = document.createElement('canvas').getContext('2d');
          context.drawImage(image, 0, 0, 100, 100);
          const { data } = context.getImageData(0, 0, 100, 100);
          return data.filter((value, index) => index % 4 < 3 && value > 200).length;
        }"""
    )
    assert bright > 1000
    frame = desk(page)
    assert "ticket" not in frame.url
    kept = frame.evaluate(
        """() => {
          document.cookie = 'third=1; Secure; SameSite=None';
          document.cookie = 'own=1; Secure; SameSite=None; Partitioned';
          return document.cookie;
        }"""
    )
    assert kept == "own=1", "this browser keeps no third-party cookies"
    save(pixels(page.screenshot()), "embed-example")
    # The cookie of the frame alone: a reload brings the same page without a ticket.
    frame.evaluate("location.reload()")
    frame = desk(page)
    assert frame.locator('meta[name="page-key"]').count() == 0
    assert list(taught.napari.layers()) == ["nuclei"]
    page.set_viewport_size({"width": 390, "height": 844})
    until(lambda: frame.evaluate("innerWidth") < 390, 30, "a narrow frame")
    save(pixels(page.screenshot()), "embed-example-narrow")


def test_every_request_of_the_parent(taught: Course, page: Page) -> None:
    taught.napari.ready()
    page.goto(f"{taught.listed}/course.html")
    desk(page)
    told = page.evaluate(
        """async () => {
          const { embed } = await import('https://desk.example.org/embed.js');
          const desktop = embed(document.querySelector('iframe'));
          const told = { states: [] };
          desktop.on('state', (state) => told.states.push(state));
          await desktop.ready;
          told.names = (await desktop.layers()).map(({ name }) => name);
          const canvas = await desktop.screenshot('canvas');
          const whole = await createImageBitmap(await desktop.screenshot());
          told.pictures = [canvas.type, whole.width, whole.height];
          told.resized = await desktop.resize(1000, 600);
          told.text = await desktop.clipboard('from the course');
          told.again = await desktop.clipboard();
          await desktop.focus();
          told.focused = document.activeElement.tagName;
          const failure = ({ message, status }) => [message, status];
          told.refusal = await desktop.open('none.tif').catch(failure);
          told.unknown = await desktop.open('https://evil.org/a.zarr').catch(failure);
          desktop.close();
          told.closed = await desktop.layers().catch(failure);
          return told;
        }"""
    )
    assert told["names"] == ["nuclei"]
    assert told["pictures"][0] == "image/png"
    assert told["pictures"][1] > 300
    assert told["resized"] == {"width": 1000, "height": 600}
    assert told["text"] == told["again"] == "from the course"
    assert told["refusal"] == ["none.tif does not exist. Correct the path", 404]
    assert "open_hosts" in told["unknown"][0]
    state = told["states"][-1]
    assert (state["stage"], state["role"]) == ("ready", "control")
    assert told["focused"] == "IFRAME"
    assert told["closed"] == ["The desktop was closed", 0]
    answer = taught.napari.daemon.request("GET", "/api/clipboard")
    assert answer.text == "from the course"


def test_a_page_that_is_not_listed_gets_nothing(taught: Course, page: Page) -> None:
    taught.napari.ready()
    page.goto(f"{taught.other}/course.html")
    frame = frame_of(page)
    frame.wait_for_load_state()
    assert frame.url.startswith("chrome-error:"), "the browser shows nothing of it"
    heard = page.evaluate(
        """async () => {
          const { embed } = await import('https://desk.example.org/embed.js');
          const desktop = embed(document.querySelector('iframe'));
          return Promise.race([
            desktop.layers().then(() => 'an answer'),
            new Promise((resolve) => setTimeout(resolve, 1000, 'nothing')),
          ]);
        }"""
    )
    assert heard == "nothing"
    assert page.locator("#layers").inner_text() == "none yet"


SANDBOX = "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox"


@pytest.mark.parametrize(("policy", "origin"), [("", ""), (SANDBOX, "null")])
def test_a_window_beside_the_listed_page_gets_nothing(
    taught: Course, page: Page, policy: str, origin: str
) -> None:
    """It has a handle on the frame, and the browser lets it send messages there."""
    taught.napari.ready()
    address = f"{taught.other}/beside.html"
    headers = {"Content-Type": "text/html", "Content-Security-Policy": policy}
    page.route(address, lambda route: route.fulfill(body="<!doctype html>", headers=headers))
    page.goto(address)
    assert page.evaluate("origin") == (origin or taught.other)
    with page.context.expect_page() as opened:
        course = f"{taught.listed}/course.html"
        page.evaluate("course => void (window.opened = open(course))", course)
    listed = opened.value
    desk(listed)
    page.evaluate(
        """() => {
          window.heard = [];
          addEventListener('message', ({ data }) => heard.push(data));
          const frame = opened.frames[0];
          frame.postMessage({ desktopd: 'hello', versions: [1] }, '*');
          frame.postMessage({ desktopd: 'request', id: 1, method: 'layers', params: {} }, '*');
        }"""
    )
    # What the listed page asks afterwards is answered: nothing is on its way any more.
    names = listed.evaluate(
        """async () => {
          const { embed } = await import('https://desk.example.org/embed.js');
          const desktop = embed(document.querySelector('iframe'));
          return (await desktop.layers()).map(({ name }) => name);
        }"""
    )
    assert names == ["nuclei"]
    assert page.evaluate("heard") == []


def test_a_watching_page_sees_and_changes_nothing(taught: Course, page: Page) -> None:
    taught.napari.ready()
    headers = {"Authorization": f"Bearer {VIEW}"}
    ticket = taught.napari.daemon.request("POST", "/api/tickets", headers=headers).json()["ticket"]
    page.route("**/ticket", lambda route: route.fulfill(json={"ticket": ticket}))
    page.goto(f"{taught.listed}/course.html")
    desk(page)
    told = page.evaluate(
        """async () => {
          const { embed } = await import('https://desk.example.org/embed.js');
          const desktop = embed(document.querySelector('iframe'));
          const failure = ({ message, status }) => [message, status];
          return [
            (await desktop.screenshot()).type,
            (await desktop.layers()).map(({ path }) => path),
            await desktop.open('more.tif').catch(failure),
            await desktop.clipboard('x').catch(failure),
            await desktop.resize(800, 600).catch(failure),
          ];
        }"""
    )
    refused = ["You may only watch.", 403]
    assert told == ["image/png", [None], refused, refused, refused]


@pytest.fixture
def plain(daemon: Start, folder: Path) -> Iterator[PlainCourse]:
    with plain_course(daemon, folder) as taught:
        yield taught


def test_a_frame_without_any_cookie_works_as_a_whole(plain: PlainCourse, page: Page) -> None:
    page.goto(plain.address)
    frame = desk(page)
    assert page.context.cookies() == []
    until(lambda: plain.pasted() == "from the page", 20, "a request of the page")
    frame.locator("#bar-handle").click()
    frame.get_by_role("button", name="Files…").click()
    with page.expect_download() as loading:
        frame.get_by_role("link", name="Load notes.txt").click()
    assert Path(loading.value.path()).read_text() == "from the desktop"
    frame.locator("#files-upload-input").set_input_files(
        {"name": "new.txt", "mimeType": "text/plain", "buffer": b"from the course"}
    )
    until(lambda: (plain.data / "new.txt").is_file(), 20, "the upload")
    assert plain.desktop.session()["viewers"][0]["role"] == "control"
    assert not re.search("ticket=(?!…)", plain.desktop.logs())
