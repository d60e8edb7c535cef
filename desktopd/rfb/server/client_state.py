"""What one viewer has of the picture."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from desktopd.geometry import Rectangle
from desktopd.rfb.encoders.preferences import EncodingPreferences
from desktopd.rfb.encoders.zrle import ZrleEncoder
from desktopd.rfb.server.framebuffer import Framebuffer
from desktopd.rfb.server.regions import Mask

NOTHING = -1


@dataclass(slots=True, eq=False)
class ClientState:
    """How far the updates sent have come; only the thread that encodes touches it."""

    framebuffer: Framebuffer
    since: int = NOTHING
    """The framebuffer's sequence that it shows; NOTHING before the first."""
    stream: int = 0
    """Number of the stream that it follows."""
    frame: int = 0
    """The last picture of that stream."""
    tier: int | None = None
    """Which of the streams it follows: 0 for the slowest links; None before the first."""
    lossy: Mask = field(init=False)
    """The tiles that are not exact."""
    refine_at: float = 0.0
    """When it may next be made more exact beside what moves (monotonic, in seconds)."""
    zrle: ZrleEncoder = field(default_factory=ZrleEncoder)

    def __post_init__(self) -> None:
        self.lossy = np.zeros((self.framebuffer.rows, self.framebuffer.columns), np.bool_)

    @property
    def outdated(self) -> bool:
        """The framebuffer has changed since."""
        return self.since != self.framebuffer.sequence

    @property
    def exact(self) -> bool:
        """It is the framebuffer, to the pixel."""
        return not self.outdated and not self.lossy.any()


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """Who gets the next update: `rate` in bytes a second is what the link takes.

    `anew`: what has to be sent again.
    """

    state: ClientState | None
    preferences: EncodingPreferences
    rate: float
    anew: Rectangle | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """A whole FramebufferUpdate for one viewer; `state` is what the viewer will then have.

    `data` is empty where nothing has to be sent. `codec` is what most of it is made of.
    """

    state: ClientState
    data: bytes = b""
    codec: str | None = None
    exact: bool = False
