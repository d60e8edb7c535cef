"""What every X server is started with. What only one of them knows stands in its own file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from desktopd.confinement.confinement import Confinement
from desktopd.geometry import Size


@dataclass(frozen=True, slots=True)
class XServerOptions:
    """`size` is that of the screen at the start, `largest` the limit of later resizes.

    `folder` holds the files of the server, `environment` are its variables. `confinement` is that
    of the application, which keeps the server from what is the application's; None for none.
    `unheard` is a descriptor of its abstract socket, which it keeps from others and does not
    listen on; None: it listens there, and nowhere else. Once `given_up` is set nobody waits for it.
    """

    size: Size
    largest: Size
    dpi: int
    folder: Path
    environment: Mapping[str, str]
    confinement: Confinement | None = None
    unheard: int | None = None
    given_up: Event = field(default_factory=Event)

    @property
    def authority(self) -> Path:
        """The cookie file."""
        return self.folder / "Xauthority"

    @property
    def log(self) -> Path:
        """Where the X server's output goes."""
        return self.folder / "display.log"

    @property
    def room(self) -> Path:
        """A file that keeps room for the next start, whatever fills the disk meanwhile."""
        return self.folder / "room"

    @property
    def rfb_socket(self) -> Path:
        """Where an X server that serves RFB listens."""
        return self.folder / "rfb.sock"
