"""The services in the order of their start: a new one is a file beside this, and a line here.

Their stop goes the other way. Status, stages and what a restarted daemon adopts follow from this.
"""

from __future__ import annotations

from collections.abc import Callable

from desktopd.session.options import SessionOptions
from desktopd.session.service import PartOf, Service
from desktopd.session.services.application import application
from desktopd.session.services.bus import bus
from desktopd.session.services.display import display
from desktopd.session.services.rfb import rfb
from desktopd.session.services.window_manager import window_manager
from desktopd.session.x_server import XServer

Define = Callable[[SessionOptions, XServer, Callable[[], None]], Service | PartOf | None]
"""Makes a service for a session, None where it cannot run here; it calls the last argument when its
`stage` has changed."""

SERVICES: tuple[Define, ...] = (display, bus, window_manager, rfb, application)
