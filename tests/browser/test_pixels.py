"""What the page makes of rectangles: order, colour, exactness, and decoders that fail."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from desktopd.rfb.messages import FramebufferUpdateRequest
from tests.browser.peer import (
    BASELINE_ONLY,
    COPYRECT,
    DESKTOP_SIZE,
    H264,
    RAW,
    RESET_CONTEXT,
    Peer,
    h264,
    peer,
    rectangle,
    tight_fill,
    tight_jpeg,
)
from tests.browser.video import Pixels, Video, flat
from tests.chromium import Tab
from tests.daemon import until

OpenTab = Callable[[str], Tab]
WIDTH, HEIGHT = 640, 352
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
COLOURS = [RED, GREEN, BLUE, (255, 255, 255), (0, 0, 0), (200, 120, 40), (30, 90, 160)]


@pytest.fixture
def server() -> Iterator[Peer]:
    with peer(WIDTH, HEIGHT) as one:
        yield one


@pytest.fixture
def page(server: Peer, tab: OpenTab) -> Tab:
    return visit(server, tab)


def visit(server: Peer, tab: OpenTab) -> Tab:
    """Open the page and show it a black desktop."""
    opened = tab(server.page + "?resize=off&bar=0")
    until(server.wanted, 20, "a viewer")
    server.update(tight_fill(0, 0, WIDTH, HEIGHT, (0, 0, 0)))
    opened.shows(link="connected")
    until(lambda: H264 in server.wanted(), 20, "a viewer with a video decoder")
    return opened


def drawn(page: Tab) -> Pixels:
    """The pixels on the page's canvas."""
    numbers = page.page.evaluate(
        """() => {
          const canvas = document.querySelector('#desktop canvas');
          const { width, height } = canvas;
          const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
          return [width, height, btoa(Array.from(data, (b) => String.fromCharCode(b)).join(''))];
        }"""
    )
    rgba = np.frombuffer(base64.b64decode(numbers[2]), np.uint8)
    return rgba.reshape(numbers[1], numbers[0], 4)[:, :, :3]


def jpeg(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


def near(pixels: Pixels, rgb: tuple[int, int, int], tolerance: int = 3) -> bool:
    return bool(np.abs(pixels.astype(int) - rgb).max() <= tolerance)


def refreshes(server: Peer) -> list[FramebufferUpdateRequest]:
    """What the viewer has asked to be sent again; the first request of all is the handshake's."""
    asked = [m for m in server.heard if isinstance(m, FramebufferUpdateRequest)]
    return [m for m in asked[1:] if not m.incremental]


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
    until(lambda: server.answered(b"read"), 10, "an answer")
    assert not server.answered(b"drawn")
    page.page.evaluate("window.release()")
    until(lambda: server.answered(b"drawn"), 10, "an answer to what is drawn")


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
    until(lambda: drawn(page).shape == (HEIGHT, WIDTH, 3), 10, "the whole desktop")
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


def test_the_colours_of_a_video_are_the_servers(server: Peer, page: Tab) -> None:
    video = Video(128, 64)
    for number, colour in enumerate(COLOURS):
        server.update(h264(0, 0, 128, 64, video.encode(flat(128, 64, colour)), number == 0))
        server.settle(b"%d" % number)
        assert near(drawn(page)[:64, :128], colour, 4), (colour, drawn(page)[32, 64])


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


def test_the_panel_tells_codec_rate_and_exactness(server: Peer, tab: OpenTab) -> None:
    visited = tab(server.page + "?resize=off")
    until(lambda: H264 in server.wanted(), 20, "a viewer with a video decoder")
    server.update(tight_fill(0, 0, WIDTH, HEIGHT, BLUE))
    visited.shows(link="connected")
    visited.page.locator("#bar-handle").click()
    visited.page.locator("#bar-about").click()
    facts = visited.page.locator("#about-facts")
    expect(facts).to_contain_text("exact to the pixel")
    expect(facts).to_contain_text("lossless")
    video = Video(128, 64)
    for number in range(60):
        server.update(h264(0, 0, 128, 64, video.encode(flat(128, 64, RED)), number == 0))
        server.settle(b"%d" % number)
        visited.page.wait_for_timeout(30)
    expect(facts).to_contain_text("H.264")
    expect(facts).to_contain_text("in motion")
    told = facts.locator("dt:text-is('Frames') + dd").text_content() or ""
    assert int(told.split()[0]) > 0, told


def garbage(key: bytes) -> bytes:
    """A key frame with its parameter sets and nothing that can be decoded behind them."""
    start = key.index(b"\0\0\1\x65")
    return key[: start + 5] + bytes(range(100, 200)) * 4


SWALLOW = "VideoDecoder.prototype.decode = function () {};"
RECLAIM = """
  const Real = VideoDecoder;
  window.VideoDecoder = class extends Real {
    constructor(init) {
      super(init);
      window.reclaim = () => {
        this.close();
        init.error(new DOMException('Codec reclaimed due to inactivity.', 'QuotaExceededError'));
      };
    }
  };
"""


@pytest.mark.parametrize("fault", ["garbage", "late", "no key frame"])
def test_a_video_that_fails_costs_the_video_only(
    server: Peer, tab: OpenTab, context: BrowserContext, fault: str
) -> None:
    if fault == "late":
        context.add_init_script(SWALLOW)
    page = visit(server, tab)
    assert BASELINE_ONLY not in server.wanted()
    video = Video(128, 64)
    stream = video.encode(flat(128, 64, RED))
    if fault == "garbage":
        stream = garbage(stream)
    elif fault == "no key frame":
        stream = video.encode(flat(128, 64, BLUE))
    server.update(h264(0, 0, 128, 64, stream, RESET_CONTEXT))
    for _ in range(4):
        server.update(h264(0, 0, 128, 64, video.encode(flat(128, 64, GREEN))))
    server.update(tight_fill(128, 0, 64, 64, BLUE))
    until(lambda: H264 not in server.wanted(), 20, "a wish without video")
    server.settle(b"after")
    assert near(drawn(page)[:64, 128:192], BLUE, 0)
    lost = refreshes(server)[0]
    assert (lost.x, lost.y, lost.width, lost.height) == (0, 0, 128, 64)
    server.update(tight_fill(0, 0, WIDTH, HEIGHT, GREEN))
    page.shows(exact="true", link="connected")


def test_a_decoder_that_the_browser_took_away_is_had_again(
    server: Peer, tab: OpenTab, context: BrowserContext
) -> None:
    context.add_init_script(RECLAIM)
    page = visit(server, tab)
    first = Video(128, 64)
    server.update(h264(0, 0, 128, 64, first.encode(flat(128, 64, RED)), RESET_CONTEXT))
    server.settle(b"first")
    page.page.evaluate("window.reclaim()")
    until(lambda: H264 not in server.wanted(), 20, "a wish without video")
    until(lambda: H264 in server.wanted(), 20, "a wish with video")
    again = Video(128, 64)
    server.update(h264(0, 0, 128, 64, again.encode(flat(128, 64, BLUE)), RESET_CONTEXT))
    server.settle(b"again")
    assert near(drawn(page)[:64, :128], BLUE, 4)


def test_a_browser_whose_decoder_never_answers_shows_the_desktop(
    server: Peer, tab: OpenTab, context: BrowserContext
) -> None:
    context.add_init_script("VideoDecoder.prototype.flush = () => new Promise(() => {});")
    visit(server, tab)


def test_several_frames_and_slices_in_one_rectangle(server: Peer, page: Tab) -> None:
    video = Video(128, 64)
    colours = [RED, GREEN, BLUE]
    stream = b"".join(video.encode(flat(128, 64, colour)) for colour in colours)
    server.update(h264(0, 0, 128, 64, stream, RESET_CONTEXT))
    server.settle(b"several")
    assert near(drawn(page)[:64, :128], BLUE, 4)


def test_without_the_browsers_decoder_webassembly_decodes(
    server: Peer, tab: OpenTab, context: BrowserContext
) -> None:
    # What plain http from another host takes away.
    context.add_init_script("delete window.VideoDecoder; delete window.ImageDecoder;")
    page = visit(server, tab)
    assert BASELINE_ONLY in server.wanted()
    videos = {x: Video(128, 64) for x in (0, 128)}
    for number, colour in enumerate(COLOURS):
        server.update(
            *(
                h264(x, 0, 128, 64, video.encode(flat(128, 64, colour)), number == 0)
                for x, video in videos.items()
            ),
            tight_jpeg(256, 0, 64, 64, jpeg(flat(64, 64, colour))),
        )
        server.settle(b"%d" % number)
        assert near(drawn(page)[:64, :320], colour, 4), (colour, drawn(page)[32, ::64])
    server.update(h264(0, 0, 128, 64, bytes([0, 0, 1, 0x65, 0x80, 9, 9, 9]), RESET_CONTEXT))
    until(lambda: H264 not in server.wanted(), 20, "a wish without video")
    server.update(tight_fill(0, 0, WIDTH, HEIGHT, GREEN))
    page.shows(exact="true", link="connected")
