"""The native RFB server beside a session: shows its display for as long as there is one."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from desktopd.rfb.listeners.unix_socket import UnixSocketListener
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Viewers
from desktopd.session.errors import SessionError
from desktopd.session.session import Session
from desktopd.x11.errors import XError

if TYPE_CHECKING:
    from desktopd.rfb.server.native_server import NativeServer

log = logging.getLogger(__name__)

_AGAIN = 0.5


class Unusable(Exception):
    """The native server cannot run here; the text says what to install."""


def check() -> None:
    """Raise Unusable where a part of the native server is missing."""
    try:
        import desktopd.rfb.server.native_server  # noqa: F401
    except ImportError as error:
        raise Unusable(
            f"the native RFB server needs {error.name}: pip install 'desktopd[fast]'"
        ) from None


def native_server(session: Session, name: str) -> NativeServer | None:
    """The server for a session that is to be shown natively."""
    if session.rfb_path != PixelPath.NATIVE:
        return None
    from desktopd.rfb.server.native_server import NativeServer

    return NativeServer(session, name)


async def show(session: Session, server: NativeServer, viewers: Viewers, also: Path | None) -> None:
    """Keep `server` at the session's display, and at its unix socket, until cancelled.

    `also` is another place for a socket. Raises SessionError where none can be made.
    """
    changed = asyncio.Event()
    unsubscribe = session.on_change(changed.set)
    try:
        async with contextlib.AsyncExitStack() as stack:
            for path in filter(None, (session.rfb_target, also)):
                try:
                    await stack.enter_async_context(UnixSocketListener(path, server, viewers))
                except OSError as error:
                    raise SessionError(f"rfb_socket {path}: {error.strerror}") from None
            while True:
                changed.clear()
                display = session.status.display
                if display is None:
                    await changed.wait()
                    continue
                try:
                    await server.run(display.name, Path(display.authority))
                except XError as error:
                    log.error("the display cannot be shown: %s", error)
                except Exception:
                    # A bug in an encoder shall not end the application that is shown.
                    log.exception("the native RFB server failed, and begins anew")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_AGAIN):
                        await changed.wait()
    finally:
        unsubscribe()
