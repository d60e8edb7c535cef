"""What the page makes of H.264: colours, cadence, and decoders that fail."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect

from desktopd.geometry import Size
from tests.browser.conftest import (
    BLUE,
    COLOURS,
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
    BASELINE_ONLY,
    H264,
    HALVED,
    LIMITED_RANGE,
    RESET_CONTEXT,
    Peer,
    h264,
    tight_fill,
    tight_jpeg,
)
from tests.browser.video import Video, flat
from tests.chromium import Tab
from tests.daemon import short_folder, until
from tests.engines import window
from tests.x11.conftest import running

NO_COPIES = "VideoFrame.prototype.copyTo = () => Promise.reject(Error('refused'));"
NO_WEBASSEMBLY = "delete globalThis.WebAssembly;"


@pytest.mark.parametrize("script", ["", NO_COPIES, NO_WEBASSEMBLY])
def test_the_colours_of_a_video_are_the_servers(
    server: Peer, tab: OpenTab, context: BrowserContext, script: str
) -> None:
    context.add_init_script(script)
    page = visit(server, tab)
    video = Video(128, 64)
    for number, colour in enumerate(COLOURS):
        server.update(h264(0, 0, 128, 64, video.encode(flat(128, 64, colour)), number == 0))
        server.settle(b"%d" % number)
        assert near(drawn(page)[:64, :128], colour, 4), (colour, drawn(page)[32, 64])


COPIES = """
  window.copies = 0;
  const { putImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (...values) {
    window.copies += 1;
    putImageData.apply(this, values);
  };
"""


@pytest.mark.parametrize(("width", "height"), [(128, 64), (90, 50), (18, 2)])
def test_every_pixel_of_a_video_is_at_its_place(
    server: Peer, tab: OpenTab, context: BrowserContext, width: int, height: int
) -> None:
    context.add_init_script(COPIES)
    page = visit(server, tab)
    y, x = np.mgrid[:height, :width]
    waves = [127 + 100 * np.sin(x / 9 + shift) * np.cos(y / 7) for shift in (0, 1, 2)]
    picture = np.stack(waves, axis=2).astype(np.uint8)
    server.update(h264(0, 0, width, height, Video(width, height).encode(picture), True))
    server.settle(b"drawn")
    seen = drawn(page)[:height, :width].astype(float)
    assert 10 * np.log10(255**2 / np.mean((seen - picture) ** 2)) > 32
    assert page.page.evaluate("window.copies") > 0


@pytest.mark.parametrize("script", ["", NO_COPIES, NO_WEBASSEMBLY])
@pytest.mark.parametrize(("width", "height"), [(128, 64), (90, 50)])
def test_a_picture_of_half_the_size_fills_its_rectangle(
    server: Peer, tab: OpenTab, context: BrowserContext, script: str, width: int, height: int
) -> None:
    context.add_init_script(script)
    page = visit(server, tab)
    assert HALVED in server.wanted()
    y, x = np.mgrid[:height, :width]
    waves = [127 + 100 * np.sin(x / 20 + shift) * np.cos(y / 20) for shift in (0, 1, 2)]
    picture = np.stack(waves, axis=2).astype(np.uint8)
    columns, rows = -(-width // 4) * 2, -(-height // 4) * 2
    small = np.asarray(Image.fromarray(picture).resize((columns, rows), Image.Resampling.BOX))
    server.update(h264(0, 0, width, height, Video(columns, rows).encode(small), True))
    server.settle(b"drawn")
    seen = drawn(page)[:height, :width].astype(float)
    assert 10 * np.log10(255**2 / np.mean((seen - picture) ** 2)) > 32


CONTEXT = "document.querySelector('#desktop canvas').getContext('2d')"
PIXEL = f"[...{CONTEXT}.getImageData(64, 32, 1, 1).data]"


def test_firefox_which_knows_no_full_range_asks_for_the_other(
    server: Peer, chromium: Browser
) -> None:
    with (
        running("xvfb", Size(1280, 800)) as screen,
        short_folder() as folder,
        window("firefox", screen, folder / "firefox", chromium) as opened,
    ):
        opened.visit(server.page + "?resize=off&bar=0")
        until(lambda: H264 in server.wanted(), 60, "a viewer with a video decoder")
        assert LIMITED_RANGE not in server.wanted()
        server.update(h264(0, 0, 128, 64, Video(128, 64).encode(flat(128, 64, RED)), True))
        until(lambda: LIMITED_RANGE in server.wanted(), 20, "a viewer of the limited range")
        video = Video(128, 64, limited=True)
        for number, colour in enumerate(COLOURS):
            server.update(h264(0, 0, 128, 64, video.encode(flat(128, 64, colour)), number == 0))
            server.settle(b"%d" % number)
            seen = opened.evaluate(PIXEL)
            assert near(np.array([[seen[:3]]]), colour, 4), (colour, seen)


REFRESHES = """
  window.refreshes = 0;
  window.drawings = [];
  const { putImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (...values) {
    if (values[0].width === 128) window.drawings.push([window.refreshes, performance.now()]);
    putImageData.apply(this, values);
  };
  const refresh = () => {
    window.refreshes += 1;
    requestAnimationFrame(refresh);
  };
  requestAnimationFrame(refresh);
"""


def test_frames_of_a_film_are_seen_one_by_one(
    server: Peer, tab: OpenTab, context: BrowserContext
) -> None:
    context.add_init_script(REFRESHES)
    page = visit(server, tab)
    video = Video(128, 64)
    frames = [video.encode(flat(128, 64, COLOURS[n % 7])) for n in range(80)]
    for number in range(0, len(frames), 2):
        server.update(h264(0, 0, 128, 64, frames[number], number == 0))
        page.page.wait_for_timeout(12)
        server.update(h264(0, 0, 128, 64, frames[number + 1]))
        server.settle(b"%d" % number)
        page.page.wait_for_timeout(20)
    drawings = page.page.evaluate("window.drawings")
    assert len(drawings) == len(frames)
    apart = [
        (before, after)
        for (before, first), (after, second) in itertools.pairwise(drawings)
        if 11 < second - first < 40
    ]
    assert len(apart) > 20
    # A busy machine may draw one in place of another.
    assert sum(before == after for before, after in apart) <= len(apart) // 10


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
