"""A screen at a time of its own, and viewers that decode what `UpdateEncoder` makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from desktopd.geometry import Rectangle, Size
from desktopd.rfb.encoders.encoder import VideoEncoder
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.protocol.encodings import Encoding
from desktopd.rfb.protocol.pixel_format import NATIVE
from desktopd.rfb.server.client_state import ClientState, Update, UpdateRequest
from desktopd.rfb.server.refinement import REST
from desktopd.rfb.server.update_encoder import UpdateEncoder
from tests.rfb_decoders import decoded
from tests.rfb_viewer import COMMON, RfbViewer
from tests.unit.rfb.encoders.pictures import noise, psnr
from tests.unit.rfb.server.screens import captured

ZRLE = (Encoding.ZRLE, *COMMON)
FAST = 1e9  # bytes a second
FRAME = 1 / 30
MOVING = Rectangle(64, 48, 256, 192)


class Silent:
    """Where a viewer's messages go."""

    def is_closing(self) -> bool:
        return True


class Watcher:
    """A viewer; `video` is an encoder in place of the one that it would get."""

    def __init__(
        self,
        size: Size,
        encodings: tuple[int, ...],
        rate: float = FAST,
        video: type[VideoEncoder] | None = None,
        *,
        watching: bool = False,
    ) -> None:
        self.preferences = EncodingPreferences.of(encodings, NATIVE)
        if video is not None:
            self.preferences = replace(self.preferences, video=video)
        self.rate = rate
        self.watching = watching
        self.state: ClientState | None = None
        self.anew: Rectangle | None = None
        self.client = RfbViewer(None, Silent(), encodings)  # type: ignore[arg-type]
        self.client._resize(size.width, size.height)
        self.last = b""

    def request(self) -> UpdateRequest:
        anew, self.anew = self.anew, None
        return UpdateRequest(self.state, self.preferences, self.rate, anew, watching=self.watching)

    def take(self, update: Update) -> None:
        self.state, self.last = update.state, update.data
        if update.data:
            decoded(self.client._message(), update.data)
        assert update.exact is False or not self.client.lossy.any()


class Scene:
    """A screen, and the encoder of its updates."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.is_draft = False
        self.now = 1000.0
        self.screen = np.zeros((size.height, size.width), np.uint32)
        self.encoder = UpdateEncoder(size, lambda: self.is_draft)
        self._noise = 0

    def noise(self, area: Rectangle) -> None:
        """Something that no palette holds."""
        self._noise += 1
        part = self.screen[area.y : area.bottom, area.x : area.right]
        part[:] = noise(area.width, area.height, self._noise)

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
        self.encoder.absorb(Rectangle.of(self.size), captured(self.screen), self.now)
        updates = self.encoder.updates([watcher.request() for watcher in watchers], self.now)
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
        return psnr(watcher.client.picture[place], self.screen[place])
