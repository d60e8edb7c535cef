"""Which RFB server shows the desktop: decided here, once, and not asked for anywhere else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress

from desktopd.geometry import Size
from desktopd.rfb.relay.relay_server import RelayServer
from desktopd.rfb.relay.upstream import UnixTarget
from desktopd.rfb.rfb_server import RfbServer
from desktopd.rfb.shown_session import ShownSession
from desktopd.rfb.viewers.connection import Limits
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.wanted_sizes import WantedSizes
from desktopd.trace import Trace
from desktopd.x11.errors import XError
from desktopd.x11.input import xkbcommon
from desktopd.x11.screen.double_buffer import memory_for
from desktopd.x11.screen.shm import MemoryTaken

log = logging.getLogger(__name__)


def choose(rfb: str, display: str, largest: Size) -> PixelPath:
    """The server that the settings ``rfb`` and ``display`` ask for, on screens up to `largest`.

    Where nothing is asked for that is our own, or x11vnc where a part of ours is missing. Raises
    ValueError when ours is asked for and cannot run here: the text says what to install.
    """
    if PixelPath.XVNC in (rfb, display):
        return PixelPath.XVNC
    if rfb == PixelPath.X11VNC:
        return PixelPath.X11VNC
    missing = _missing_of_native(largest)
    if missing is None:
        return PixelPath.NATIVE
    if rfb == PixelPath.NATIVE:
        raise ValueError(f"rfb=native: {missing}")
    log.warning("x11vnc shows the display: %s", missing)
    return PixelPath.X11VNC


def _missing_of_native(largest: Size) -> str | None:
    """What our own server lacks here and how to install it; None if it lacks nothing."""
    try:
        import desktopd.rfb.server.native_server  # noqa: F401

        xkbcommon.load()
        _try_memory(largest)
    except ImportError as error:
        module = error.name or error
        return f"the native RFB server needs {module}: pip install 'desktopd[fast]'"
    except XError as error:
        return f"the native RFB server cannot run: {error}"
    return None


def _try_memory(largest: Size) -> None:
    """Raise XError where there is never enough shared memory for our own server."""
    # Whichever server comes instead would need of what others have taken too.
    with suppress(MemoryTaken):
        memory_for(largest).keep()


def create(
    path: PixelPath,
    session: ShownSession,
    name: str,
    limits: Limits,
    trace: Trace,
    is_draft: Callable[[], bool],
    largest: Size,
) -> RfbServer:
    """The chosen server for `session`; `name` is what viewers show as the desktop's title.

    `trace` and `is_draft` are those of our own, which keeps memory for a screen of size `largest`.
    """
    target = UnixTarget(session.rfb_target)
    match path:
        case PixelPath.NATIVE:
            # Only here: it needs modules that may be missing where another is chosen.
            from desktopd.rfb.server.native_server import NativeServer

            return NativeServer(session, name, limits, trace, is_draft, largest)
        case PixelPath.X11VNC:
            # x11vnc refuses SetDesktopSize, so the resize goes out of band.
            return RelayServer(path, target, sizes=WantedSizes(session.resize), limits=limits)
        case _:
            return RelayServer(path, target, limits=limits)
