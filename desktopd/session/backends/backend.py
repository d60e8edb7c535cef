"""A kind of X server: what the session and ``desktopd check`` know of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktopd.session.backends.detached import DetachedDisplay
from desktopd.session.backends.options import XServerOptions
from desktopd.session.program import Program


@dataclass(frozen=True, slots=True)
class Backend:
    """`display` makes one with a display's number, which it is then started with.

    `name` is the value of the setting ``display``, `monitor` the RandR name of its only monitor.
    With `serves_rfb` it is an RFB server too, at the `rfb_socket` of its options.
    """

    name: str
    program: Program
    display: Callable[[XServerOptions, int], DetachedDisplay]
    monitor: str
    serves_rfb: bool = False
