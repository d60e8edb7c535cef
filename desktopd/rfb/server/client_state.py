"""What one viewer has, what it asks for, and what it gets; the thread that encodes owns it all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.encoder import EncodedRectangle, Encoders
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.tiles import Mask

NOTHING = -1


@dataclass(slots=True, eq=False)
class ClientState:
    """How far the updates sent have brought a viewer."""

    framebuffer: Framebuffer
    since: int = NOTHING
    """The framebuffer's sequence that it shows; NOTHING before the first."""
    stream: int = 0
    """Number of the video stream that it follows."""
    frame: int = 0
    """The last frame of that stream."""
    tier: int | None = None
    """The tier of its link (`video_streams.py`): 0 for the slowest; None before the first."""
    lossy: Mask = field(init=False)
    """The tiles that are not exact."""
    refine_at: float = 0.0
    """When it may next be made more exact beside what moves (monotonic, in seconds)."""
    only_refined: bool = False
    """The last update brought nothing new, and nothing moves."""
    held: int = 0
    """Updates in a row that held something back (`beside_video.py`)."""
    encoders: Encoders = field(default_factory=Encoders)
    """The viewer's own, of those encodings whose rectangles viewers cannot share."""

    def __post_init__(self) -> None:
        self.lossy = self.framebuffer.no_tiles()

    @property
    def outdated(self) -> bool:
        """The framebuffer has changed since."""
        return self.since != self.framebuffer.sequence

    @property
    def exact(self) -> bool:
        """It is the framebuffer, to the pixel."""
        return not self.outdated and not self.lossy.any()

    def follows(self, framebuffer: Framebuffer) -> bool:
        """Whether it is of this one, and lacks nothing of it but the last capture."""
        current = self.framebuffer is framebuffer
        return current and self.since == framebuffer.sequence - 1 and not self.held

    def account(self, sent: Iterable[EncodedRectangle]) -> None:
        """Note what these rectangles make of the tiles that they touch."""
        for rectangle in sent:
            if rectangle.lossy:
                self.lossy[self.framebuffer.tiles(rectangle.area)] = True
            else:
                self.lossy[self.framebuffer.whole_tiles(rectangle.area)] = False


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """A viewer that gets the next update; `state` is None before its first.

    `rate` is what its link takes, in bytes a second, `late` the part of its updates that come late,
    and `anew` the area that it needs again; `watching`: it may do nothing else.
    """

    state: ClientState | None
    preferences: EncodingPreferences
    rate: float
    anew: Rectangle | None = None
    late: float = 0.0
    watching: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """A whole FramebufferUpdate for one viewer; `state` is what the viewer will then have.

    `data` is empty where nothing has to be sent.
    """

    state: ClientState
    data: bytes = b""
    exact: bool = False
