"""What a session is asked for, and what follows from it. No defaults: the settings have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from desktopd.confinement.confinement import Confinement
from desktopd.geometry import Size
from desktopd.session.backends.backend import Backend
from desktopd.session.backends.options import XServerOptions
from desktopd.session.backends.table import wanted
from desktopd.session.gpu import server_environment


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """`folder` takes state, sockets and logs; `environment` are the variables of the children.

    `rfb` is the server that was chosen: ``native``, ``x11vnc``, or the X server itself, ``xvnc``.
    `app_environment` comes to the variables for the application, `confinement` is its, None for
    none. The others are the settings of their names.
    """

    folder: Path
    environment: Mapping[str, str]
    display: str
    rfb: str
    size: Size
    max_size: Size
    dpi: int
    app: str
    kiosk: bool
    restart_app: bool
    wm: str
    gpu: str
    app_environment: Mapping[str, str]
    app_folder: Path | None
    confinement: Confinement | None

    @property
    def backends(self) -> tuple[Backend, ...]:
        """X servers to try, in this order."""
        return wanted(self.display, self.rfb)

    @property
    def x_server(self) -> XServerOptions:
        """The part that the X server is started with."""
        return replace(self._x_server, environment={**self.environment, **server_environment()})

    @property
    def _x_server(self) -> XServerOptions:
        # Its files are asked for often; which GPU there is takes a look at folders.
        return XServerOptions(
            self.size, self.max_size, self.dpi, self.folder, self.environment, self.confinement
        )

    @property
    def authority(self) -> Path:
        """The X server's cookie file."""
        return self._x_server.authority

    @property
    def rfb_socket(self) -> Path:
        """Where the RFB server listens, whichever it is."""
        return self._x_server.rfb_socket
