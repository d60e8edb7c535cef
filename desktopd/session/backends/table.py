"""The table of X servers: a new one is a file beside this, and a line here.

Its name is also a value of the setting ``display``.
"""

from __future__ import annotations

from desktopd.session.backends.backend import Backend
from desktopd.session.backends.xdummy import XDUMMY
from desktopd.session.backends.xvfb import XVFB
from desktopd.session.backends.xvnc import XVNC

BACKENDS = {backend.name: backend for backend in (XDUMMY, XVFB, XVNC)}

# What ``display=auto`` tries, in this order.
AUTO = (XDUMMY, XVFB)


def wanted(display: str, rfb: str) -> tuple[Backend, ...]:
    """The X servers that the settings of these names allow, in the order in which to try them."""
    if display != "auto":
        return (BACKENDS[display],)
    if rfb in BACKENDS:
        # An RFB server that is an X server too.
        return (BACKENDS[rfb],)
    return AUTO
