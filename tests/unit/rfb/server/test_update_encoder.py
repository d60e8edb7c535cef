"""What each viewer is sent of one picture, decoded again: real encoders, no X server."""

from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.h264.video import VideoError
from desktopd.rfb.encoders.h264.x264 import X264
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.encoders.zrle import ZrleEncoder
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.server.client_state import ClientState, Update, UpdateRequest
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.motion import LINGER
from desktopd.rfb.server.rectangles import RectangleEncoder
from desktopd.rfb.server.update_encoder import REST, UpdateEncoder
from desktopd.rfb.server.video_stream import VideoEncoderFactory
from tests.rfb_decoders import decoded
from tests.unit.rfb.server.screens import picture
from tests.x11.rfbclient import COMMON, LOSSLESS, PHOTOS, VIDEO, RfbViewer

ZRLE = (Encoding.ZRLE, *COMMON)
FAST = 1e9  # bytes a second
FRAME = 1 / 30
MOVING = Rectangle(64, 48, 256, 192)


class Silent:
    """Where a viewer's messages go."""

    def is_closing(self) -> bool:
        return True


class Watcher:
    """A viewer of `Pixels`."""

    def __init__(self, size: Size, encodings: tuple[int, ...], rate: float = FAST) -> None:
        self.preferences = EncodingPreferences.of(encodings, NATIVE)
        self.rate = rate
        self.state: ClientState | None = None
        self.anew: Rectangle | None = None
        self.client = RfbViewer(None, Silent(), encodings)  # type: ignore[arg-type]
        self.client._resize(size.width, size.height)
        self.last = b""

    def request(self) -> UpdateRequest:
        anew, self.anew = self.anew, None
        return UpdateRequest(self.state, self.preferences, self.rate, anew)

    def take(self, update: Update) -> None:
        self.state, self.last = update.state, update.data
        if update.data:
            decoded(self.client._message(), update.data)
        assert update.exact is False or not self.client.lossy.any()


class Scene:
    """A screen, seen by `Pixels`, at a time of its own."""

    def __init__(self, size: Size, encoders: VideoEncoderFactory | None = X264) -> None:
        self.size = size
        self.now = 1000.0
        self.screen = np.zeros((size.height, size.width), np.uint32)
        self.pixels = UpdateEncoder(size, encoders)
        self._random = np.random.default_rng(1)

    def noise(self, area: Rectangle) -> None:
        """Something that no palette holds."""
        part = self.screen[area.y : area.bottom, area.x : area.right]
        part[:] = self._random.integers(0, 1 << 24, part.shape, np.uint32)

    def move(self, area: Rectangle, step: int) -> None:
        """A smooth picture, the next of a motion."""
        y, x = np.mgrid[area.y : area.bottom, area.x : area.right]
        shade = 127 + 100 * np.sin((x + 5 * step) / 19) * np.cos((y - 3 * step) / 23)
        red = shade.astype(np.uint32)
        self.screen[area.y : area.bottom, area.x : area.right] = (
            red << 16 | (255 - red) << 8 | np.uint32(64)
        )

    def show(self, *watchers: Watcher, after: float = FRAME) -> None:
        """Capture, and bring each watcher up to date."""
        self.now += after
        self.pixels.absorb(Rectangle.of(self.size), picture(self.screen), self.now)
        updates = self.pixels.updates([watcher.request() for watcher in watchers], self.now)
        for watcher, update in zip(watchers, updates, strict=True):
            watcher.take(update)

    def animate(self, steps: int, *watchers: Watcher, area: Rectangle = MOVING) -> None:
        for step in range(steps):
            self.move(area, step)
            self.show(*watchers)

    def rest(self, *watchers: Watcher) -> None:
        """Until everybody has what there is."""
        for _ in range(400):
            self.show(*watchers, after=REST / 4)
            if all(watcher.state and watcher.state.exact for watcher in watchers):
                break
        for watcher in watchers:
            assert watcher.state is not None
            assert watcher.state.exact
            assert np.array_equal(watcher.client.picture, self.screen)
            assert not watcher.client.lossy.any()

    def near(self, watcher: Watcher, area: Rectangle = MOVING) -> float:
        """PSNR of the luma that a watcher sees in `area`, in dB."""
        place = np.s_[area.y : area.bottom, area.x : area.right]
        seen, real = (luma(shown[place]) for shown in (watcher.client.picture, self.screen))
        return float(10 * np.log10(255**2 / np.mean((seen - real) ** 2 + 1e-9)))


def luma(pixels: np.ndarray) -> np.ndarray:
    parts = [(pixels >> shift & 255).astype(float) for shift in (16, 8, 0)]
    return 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2]


@pytest.mark.parametrize("size", [Size(640, 480), Size(641, 483), Size(64, 64), Size(79, 65)])
@pytest.mark.parametrize("encodings", [VIDEO, PHOTOS, LOSSLESS, ZRLE, ()])
def test_every_viewer_ends_with_the_screen(size: Size, encodings: tuple[int, ...]) -> None:
    scene = Scene(size)
    watcher = Watcher(size, encodings)
    scene.rest(watcher)
    scene.noise(Rectangle.of(size))
    scene.rest(watcher)
    scene.animate(8, watcher, area=Rectangle(0, 0, min(size.width, 300), min(size.height, 200)))
    scene.rest(watcher)


def test_video_begins_with_sustained_motion_and_ends_with_it() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, VIDEO)
    scene.rest(watcher)
    scene.animate(3, watcher)
    assert not watcher.client.seen[Encoding.H264]
    scene.animate(30, watcher)
    assert watcher.client.seen[Encoding.H264] > 20
    assert scene.near(watcher) > 35
    scene.rest(watcher)
    scene.show(watcher, after=LINGER)
    assert scene.pixels.motion.region is None


def test_a_video_picture_is_never_sent_twice_to_one_viewer() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, VIDEO)
    scene.rest(watcher)
    scene.animate(20, watcher)
    before = scene.near(watcher)
    for _ in range(6):
        watcher.anew = Rectangle.of(scene.size)
        scene.show(watcher, after=0.001)
    scene.animate(2, watcher)
    assert scene.near(watcher) > before - 3


def test_those_who_come_late_or_miss_a_picture_catch_up_with_the_stream() -> None:
    scene = Scene(Size(640, 480))
    first, late = Watcher(scene.size, VIDEO), Watcher(scene.size, VIDEO)
    scene.rest(first)
    scene.animate(20, first)
    scene.animate(45, first, late)
    assert late.client.seen[Encoding.H264] > 5
    scene.animate(3, first)
    scene.animate(45, first, late)
    assert min(scene.near(first), scene.near(late)) > 35
    assert late.last == first.last
    scene.rest(first, late)


def test_one_stream_serves_all_of_a_kind() -> None:
    made = []

    class Counting(X264):
        def encode(self, *arguments: object, **options: object) -> bytes:
            made.append(options["key"])
            return super().encode(*arguments, **options)  # type: ignore[arg-type]

    scene = Scene(Size(640, 480), Counting)
    watchers = [Watcher(scene.size, VIDEO) for _ in range(30)]
    scene.rest(*watchers)
    scene.animate(30, *watchers)
    assert len(made) == watchers[0].client.seen[Encoding.H264]
    assert made.count(True) == len(watchers[0].client._videos)
    assert len({watcher.last for watcher in watchers}) == 1


def test_two_viewers_that_ask_for_as_much_of_different_places_get_their_own() -> None:
    scene = Scene(Size(640, 480))
    watchers = [Watcher(scene.size, LOSSLESS) for _ in range(2)]
    scene.noise(Rectangle.of(scene.size))
    scene.rest(*watchers)
    for watcher, x in zip(watchers, (0, 320), strict=True):
        watcher.anew = Rectangle(x, 64, 32, 32)
        watcher.client.picture[:] = 0
    scene.show(*watchers)
    for watcher, x in zip(watchers, (0, 320), strict=True):
        drawn = np.argwhere(watcher.client.picture).min(0).tolist()
        assert drawn == [64, x]


@pytest.mark.parametrize("size", [Size(2600, 96), Size(4096, 1088)])
def test_a_photograph_wider_than_a_tight_rectangle(size: Size) -> None:
    scene = Scene(size)
    watcher = Watcher(size, (Encoding.TIGHT, Encoding.JPEG_QUALITY_9, *COMMON))
    scene.noise(Rectangle.of(size))
    scene.show(watcher)
    assert watcher.client.means["jpeg"]
    scene.rest(watcher)


def test_what_rests_becomes_exact_while_something_small_goes_on_changing() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, PHOTOS)
    scene.rest(watcher)
    scene.noise(MOVING)
    scene.show(watcher)
    assert watcher.client.lossy.any()
    for step in range(60):
        scene.screen[400:410, 500:510] = step
        scene.show(watcher, after=1 / 60)
    assert not watcher.client.lossy.any()


def test_what_rests_beside_a_moving_region_becomes_exact() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, VIDEO)
    scene.rest(watcher)
    beside = Rectangle(352, 240, 256, 208)
    scene.noise(beside)
    scene.animate(60, watcher)
    place = np.s_[beside.y : beside.bottom, beside.x : beside.right]
    assert watcher.client.seen[Encoding.H264]
    assert not watcher.client.lossy[place].any()


def test_a_region_that_moved_as_a_whole_is_exact_soon_after_only_a_part_still_does() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, VIDEO)
    scene.rest(watcher)
    scene.animate(30, watcher, area=Rectangle(0, 0, 640, 480))
    assert watcher.client.lossy[400, 600]
    scene.animate(120, watcher)
    assert not watcher.client.lossy[400, 600]


def test_two_moving_regions_do_not_take_the_stream_from_each_other() -> None:
    scene = Scene(Size(1280, 720))
    watcher = Watcher(scene.size, VIDEO)
    scene.rest(watcher)
    numbers = set()
    one, other = Rectangle(0, 0, 256, 192), Rectangle(1008, 512, 256, 192)
    for step in range(80):
        scene.move(one, step)
        # A little of each now and then stands still, so that the larger one changes.
        scene.move(other, step)
        smaller = (one, other)[step // 4 % 2]
        scene.screen[smaller.y : smaller.y + 48, smaller.x : smaller.right] = 0
        scene.show(watcher)
        if watcher.state:
            numbers.add(watcher.state.stream)
    assert len(numbers - {0}) <= 3
    scene.rest(watcher)


def test_another_size_begins_with_nothing_of_the_last() -> None:
    scene = Scene(Size(640, 480))
    watchers = [Watcher(scene.size, kind) for kind in (VIDEO, LOSSLESS, ZRLE)]
    scene.noise(Rectangle.of(scene.size))
    scene.rest(*watchers)
    scene.size = Size(800, 484)
    scene.screen = np.zeros((484, 800), np.uint32)
    scene.pixels.resize(scene.size)
    for watcher in watchers:
        watcher.client._resize(800, 484)
    scene.rest(*watchers)


def test_without_an_encoder_what_moves_is_sent_as_jpeg(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def __init__(self, *arguments: object, **options: object) -> None:
            raise VideoError("libx264 makes no stream")

    scene = Scene(Size(640, 480), Broken)
    watcher = Watcher(scene.size, VIDEO)
    scene.rest(watcher)
    scene.animate(30, watcher)
    assert not watcher.client.seen[Encoding.H264]
    assert watcher.client.means["jpeg"] > 20
    assert "libx264 makes no stream" in caplog.text
    scene.rest(watcher)


def test_what_is_kept_for_sharing_is_bounded_while_nothing_changes() -> None:
    scene = Scene(Size(640, 480))
    watcher = Watcher(scene.size, LOSSLESS)
    scene.noise(Rectangle.of(scene.size))
    scene.rest(watcher)
    for width in range(16, 640, 16):
        for height in range(16, 480, 16):
            watcher.anew = Rectangle(0, 0, width, height)
            scene.pixels.updates([watcher.request()], scene.now)
    assert len(scene.pixels._shared) < 100


def test_a_slow_link_gets_less_of_the_stream_and_its_own() -> None:
    scene = Scene(Size(640, 480))
    fast, slow = Watcher(scene.size, VIDEO), Watcher(scene.size, VIDEO, rate=60_000)
    scene.rest(fast, slow)
    desktop_size: list[list[int]] = []
    for step in range(60):
        scene.move(MOVING, step)
        scene.noise(Rectangle(64, 48, 32, 48))
        scene.show(fast, slow)
        desktop_size.append([len(fast.last), len(slow.last)])
    assert fast.client.seen[Encoding.H264]
    assert slow.client.seen[Encoding.H264]
    large, small = np.sum(desktop_size[30:], axis=0)
    assert small < large / 2
    scene.rest(fast, slow)


def test_an_exact_rectangle_is_made_again_only_where_its_pixels_have_changed() -> None:
    framebuffer, encoder, preferences = (
        Framebuffer(Size(64, 32)),
        RectangleEncoder(),
        EncodingPreferences.of(LOSSLESS, NATIVE),
    )
    left, right = Rectangle(0, 0, 32, 32), Rectangle(32, 0, 32, 32)
    before = [
        encoder.lossless(framebuffer, area, preferences, ZrleEncoder()) for area in (left, right)
    ]
    screen = np.zeros((32, 64), np.uint32)
    screen[:, 32:] = 1
    framebuffer.absorb(right, picture(screen), 1.0)
    after = [
        encoder.lossless(framebuffer, area, preferences, ZrleEncoder()) for area in (left, right)
    ]
    assert after[0] is before[0]
    assert after[1].data != before[1].data


@pytest.mark.parametrize(("budget", "level"), [(1e9, 6), (21_000.0, 2), (12_000.0, 0), (1.0, 0)])
def test_photographs_are_as_coarse_as_their_link_demands(budget: float, level: int) -> None:
    tiles = np.ones((30, 30), np.bool_)
    assert RectangleEncoder().quality(6, budget, tiles) == level
