"""What the page makes of rectangles: order, exactness, and pictures that come late or never."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import (
    BLUE,
    GREEN,
    HEIGHT,
    RED,
    WIDTH,
    OpenTab,
    drawn,
    jpeg,
    near,
    refreshes,
    visit,
)
from tests.browser.peer import (
    COPYRECT,
    DESKTOP_SIZE,
    RAW,
    RESET_CONTEXT,
    Peer,
    h264,
    peer,
    rectangle,
    tight_fill,
    tight_jpeg,
)
from tests.browser.video import Video, flat
from tests.chromium import Tab
from tests.daemon import until


@pytest.mark.parametrize("without", ["nothing", "ImageDecoder"])
def test_jpeg_is_drawn_in_its_order(
    server: Peer, tab: OpenTab, context: BrowserContext, without: str
) -> None:
    context.add_init_script(
        f"""
        delete window.{without};
        window.elements = 0;
        Object.defineProperty(HTMLImageElement.prototype, 'src', {{
          set() {{ window.elements += 1; }},
        }});
        """
    )
    page = visit(server, tab)
    raw = bytes([0, 0, 255, 0]) * (32 * 2)
    server.update(
        tight_fill(0, 0, WIDTH, HEIGHT, GREEN),
        tight_jpeg(0, 0, 320, 320, jpeg(flat(320, 320, RED))),
        tight_fill(64, 64, 64, 64, BLUE),
        rectangle(200, 200, 32, 2, RAW, raw),
        rectangle(320, 0, 128, 128, COPYRECT, struct.pack(">HH", 0, 0)),
        tight_jpeg(320, 0, 32, 32, jpeg(flat(32, 32, (0, 0, 0)))),
    )
    server.settle(b"jpeg")
    shown = drawn(page)
    assert near(shown[:64, :320], RED)
    assert near(shown[64:128, 64:128], BLUE, 0)
    assert near(shown[200:202, 200:232], BLUE, 0)
    assert near(shown[32:64, 320:448], RED)
    assert near(shown[64:128, 384:448], BLUE, 0)
    assert near(shown[:32, 320:352], (0, 0, 0))
    assert near(shown[330:, :], GREEN, 0)
    assert page.page.evaluate("window.elements") == 0


def test_a_broken_jpeg_is_passed_over(server: Peer, page: Tab) -> None:
    server.update(
        tight_jpeg(0, 0, 64, 64, jpeg(flat(64, 64, RED))[:40]),
        tight_fill(64, 0, 64, 64, BLUE),
    )
    server.settle(b"broken")
    assert near(drawn(page)[:64, 64:128], BLUE, 0)


def test_an_update_is_drawn_as_a_whole(server: Peer, page: Tab) -> None:
    fill = tight_fill(0, 0, WIDTH, HEIGHT // 2, RED)
    rest = tight_fill(0, HEIGHT // 2, WIDTH, HEIGHT // 2, RED)
    server.send(struct.pack(">BxH", 0, 2) + fill + rest[:6])
    page.page.wait_for_timeout(300)
    assert near(drawn(page), (0, 0, 0), 0)
    server.send(rest[6:])
    server.settle(b"whole")
    assert near(drawn(page), RED, 0)


def test_a_fence_that_does_not_wait_is_answered_while_pictures_are_decoded(
    server: Peer, tab: OpenTab, context: BrowserContext
) -> None:
    context.add_init_script(
        """
        const { decode } = ImageDecoder.prototype;
        window.held = new Promise((go) => (window.release = go));
        ImageDecoder.prototype.decode = async function () {
          await window.held;
          return decode.call(this);
        };
        """
    )
    page = visit(server, tab)
    server.update(tight_jpeg(0, 0, 64, 64, jpeg(flat(64, 64, RED))))
    server.fence(b"drawn")
    server.fence(b"read", waits=False)
    until(lambda: server.answered(b"read"), 30, "an answer")
    assert not server.answered(b"drawn")
    page.page.evaluate("window.release()")
    until(lambda: server.answered(b"drawn"), 30, "an answer to what is drawn")


def test_what_is_drawn_around_a_new_size(server: Peer, page: Tab) -> None:
    server.update(
        tight_fill(0, 0, WIDTH, HEIGHT, RED),
        rectangle(0, 0, WIDTH + 64, HEIGHT - 32, DESKTOP_SIZE),
        tight_fill(WIDTH, 0, 64, HEIGHT - 32, BLUE),
    )
    server.settle(b"larger")
    shown = drawn(page)
    assert shown.shape == (HEIGHT - 32, WIDTH + 64, 3)
    assert near(shown[:, :WIDTH], RED, 0)
    assert near(shown[:, WIDTH:], BLUE, 0)
    server.update(rectangle(0, 0, WIDTH, HEIGHT - 32, DESKTOP_SIZE))
    server.settle(b"smaller")
    assert near(drawn(page), RED, 0)


def test_a_window_onto_a_larger_desktop(server: Peer, tab: OpenTab) -> None:
    page = tab(server.page + "?resize=off&bar=0&clip=1")
    page.page.set_viewport_size({"width": 320, "height": 200})
    until(server.wanted, 20, "a viewer")
    server.update(
        tight_fill(0, 0, WIDTH, HEIGHT, GREEN),
        tight_fill(0, 0, 320, 200, RED),
        tight_fill(320, 0, 320, 200, BLUE),
    )
    server.settle(b"window")
    shown = drawn(page)
    assert shown.shape == (200, 320, 3)
    assert near(shown, RED, 0)
    server.update(tight_fill(0, 100, WIDTH, 8, GREEN))
    server.settle(b"news")
    assert near(drawn(page)[100:108], GREEN, 0)
    page.page.set_viewport_size({"width": 800, "height": 600})
    until(lambda: drawn(page).shape == (HEIGHT, WIDTH, 3), 30, "the whole desktop")
    shown = drawn(page)
    assert near(shown[:100, 320:], BLUE, 0)
    assert near(shown[200:], GREEN, 0)
    server.update(rectangle(0, 200, 320, 100, COPYRECT, struct.pack(">HH", 320, 0)))
    server.settle(b"copied")
    assert near(drawn(page)[200:300, :320], BLUE, 0)


def test_a_resize_overtakes_pictures_that_are_being_decoded(server: Peer, page: Tab) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    for turn in range(20):
        width, height = WIDTH - 16 * turn, HEIGHT - 16 * (turn % 3)
        server.update(tight_jpeg(0, 0, WIDTH, HEIGHT, jpeg(noise)))
        server.update(rectangle(0, 0, width, height, DESKTOP_SIZE))
        server.update(tight_jpeg(0, 0, width, height, jpeg(flat(width, height, BLUE))))
    server.settle(b"resize")
    assert drawn(page).shape[:2] == (height, width)
    assert near(drawn(page), BLUE)


def test_a_viewer_that_leaves_lets_go_of_all_pictures(
    server: Peer, tab: OpenTab, context: BrowserContext
) -> None:
    context.add_init_script(
        """
        window.alive = 0;
        for (const kind of [ImageBitmap, VideoFrame]) {
          const { close } = kind.prototype;
          kind.prototype.close = function () { window.alive -= 1; close.call(this); };
        }
        const { decode } = ImageDecoder.prototype;
        ImageDecoder.prototype.decode = async function () {
          const result = await decode.call(this);
          window.alive += 1;
          return result;
        };
        """
    )
    page = visit(server, tab)
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    update = tight_jpeg(0, 0, WIDTH, HEIGHT, jpeg(noise))
    for visit_number in range(1, 6):
        for _ in range(30):
            server.update(update)
        server.send(b"\xee")  # no message of RFB: the page ends the connection
        until(lambda past=visit_number: server.visits > past and server.wanted(), 20, "a viewer")  # type: ignore[misc]
        server.update(tight_fill(0, 0, WIDTH, HEIGHT, GREEN))
        page.shows(link="connected")
    until(lambda: page.page.evaluate("window.alive") == 0, 20, "closed pictures")


def test_the_picture_is_exact_when_no_tile_is_lossy(server: Peer, page: Tab) -> None:
    page.shows(exact="true")
    video = Video(128, 64)
    server.update(h264(0, 0, 128, 64, video.encode(flat(128, 64, RED)), RESET_CONTEXT))
    page.shows(exact="false")
    server.update(rectangle(256, 256, 64, 64, COPYRECT, struct.pack(">HH", 0, 0)))
    server.update(tight_fill(0, 0, 128, 48, RED))
    server.update(tight_fill(0, 48, 128, 16, RED), tight_fill(256, 256, 64, 60, RED))
    server.settle(b"most")
    page.page.wait_for_timeout(1000)
    assert page.data("exact") == "false"
    server.update(tight_fill(256, 304, 64, 48, RED))
    page.shows(exact="true")
    server.update(tight_jpeg(WIDTH - 20, HEIGHT - 20, 20, 20, jpeg(flat(20, 20, RED))))
    page.shows(exact="false")
    server.update(tight_fill(WIDTH - 32, HEIGHT - 32, 32, 32, RED))
    page.shows(exact="true")
    assert refreshes(server) == []


def test_a_server_that_does_not_refine_is_asked_to(tab: OpenTab) -> None:
    with peer(WIDTH, HEIGHT, "x11vnc") as server:
        page = visit(server, tab)
        server.update(tight_jpeg(0, 0, 300, 64, jpeg(flat(300, 64, RED))))
        asked = until(lambda: refreshes(server), 20, "a request")
        assert [(m.x, m.y, m.width, m.height) for m in asked[:2]] == [
            (0, 0, 256, 256),
            (256, 0, 256, 256),
        ]
        server.update(tight_fill(0, 0, 512, 256, RED))
        page.shows(exact="true")
