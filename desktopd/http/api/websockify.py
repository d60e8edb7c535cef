"""WebSockets ``/websockify``, ``/ws`` and ``/ws/``: RFB in binary frames."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from desktopd.geometry import Size
from desktopd.http.access.authenticator import Access
from desktopd.http.api.metrics import Metrics
from desktopd.http.api.session import ServedSession
from desktopd.http.problems import Problem
from desktopd.http.serving.proxy import client_address
from desktopd.rfb.relay.relay import NoDisplay, relay
from desktopd.rfb.relay.targets import TargetError, Targets, UnixTarget, Upstream, connect
from desktopd.rfb.viewers.connection import Cause, Ending, Transport
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Viewer, Viewers
from desktopd.session.errors import SessionNotReady
from desktopd.x11.errors import XError

log = logging.getLogger(__name__)

CLOSE_DEADLINE = 1.0
# RFC 6455 section 7.4.1.
_CLOSE_CODES = {
    Cause.SERVER_LEFT: 1012,
    Cause.SERVER_STALLED: 1013,
    Cause.PROTOCOL_ERROR: 1002,
}


class WebSocketTransport:
    """A viewer's WebSocket as the relay wants it."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket

    async def receive(self) -> bytes | None:
        """The next binary frame; None when the viewer has left or sends text."""
        frame = await self._websocket.receive()
        return frame.get("bytes")

    async def send(self, data: bytes) -> None:
        """Send a binary frame; ConnectionError when the viewer has left."""
        try:
            await self._websocket.send_bytes(data)
        except WebSocketDisconnect:
            raise ConnectionResetError("the viewer has left") from None


class RfbServer(Protocol):
    """A :class:`desktopd.rfb.server.native_server.Server` that runs in this process."""

    async def serve(self, transport: Transport, viewer: Viewer) -> Ending:
        """Serve one viewer until one of us ends it; NoDisplay while there is nothing to show."""


class Rfb:
    """The endpoint: serves viewers by the `native` server, or relays to the session's own.

    With `targets` it relays to the one that is named.
    """

    def __init__(
        self,
        session: ServedSession,
        viewers: Viewers,
        metrics: Metrics,
        targets: Targets | None,
        native: RfbServer | None,
    ) -> None:
        self._native = native
        self._session = session
        self._viewers = viewers
        self._metrics = metrics
        self._targets = targets
        self._resizes: set[asyncio.Task[None]] = set()

    async def connect(self, websocket: WebSocket) -> None:
        """Serve one viewer. Raises Problem 404 or 503 before it is let in."""
        name = websocket.query_params.get("token") if self._targets else None
        if self._native is not None and name is None:
            path, upstream = PixelPath.NATIVE, None
        else:
            path, upstream = await self._open(name)
        role = Access.of(websocket).role
        viewer = Viewer(role=role, address=client_address(websocket.scope), path=path)
        offered = websocket.scope["subprotocols"]
        try:
            await websocket.accept("binary" if "binary" in offered else None)
        except BaseException:
            if upstream is not None:
                upstream.writer.transport.abort()
            raise
        log.info("viewer %s came: %s, %s", viewer.id, viewer.address, role)
        try:
            with self._viewers.add(viewer):
                ending = await self._serve(WebSocketTransport(websocket), upstream, viewer)
        finally:
            self._metrics.ended(viewer)
        log.info("viewer %s left: %s", viewer.id, ending)
        if ending.cause is not Cause.VIEWER_LEFT:
            await _close(websocket, _CLOSE_CODES.get(ending.cause, 1008), ending.cause)

    async def _serve(
        self, transport: Transport, upstream: Upstream | None, viewer: Viewer
    ) -> Ending:
        if upstream is None:
            assert self._native is not None
            try:
                return await self._native.serve(transport, viewer)
            except NoDisplay as error:
                return Ending(Cause.SERVER_LEFT, str(error))
        return await relay(
            transport,
            upstream,
            viewer,
            # Xvnc resizes itself; its clipboard, as x11vnc's, knows no roles.
            on_resize=self._resize if viewer.path is PixelPath.X11VNC else None,
            clipboard=viewer.path is PixelPath.TARGET,
        )

    async def _open(self, name: str | None) -> tuple[PixelPath, Upstream]:
        try:
            if self._targets is None or name is None:
                target = UnixTarget(self._session.rfb_target)
                return PixelPath(self._session.rfb_path), await connect(target)
            named = await self._targets.resolve(name)
            if named is None:
                raise Problem(404, "no target of this name", "correct token= in the address")
            return PixelPath.TARGET, await connect(named)
        except TargetError as error:
            raise Problem(503, error.error, error.remedy, {"Retry-After": "1"}) from None

    def _resize(self, size: Size) -> None:
        task = asyncio.create_task(self._resize_screen(size))
        self._resizes.add(task)
        task.add_done_callback(self._resizes.discard)

    async def _resize_screen(self, size: Size) -> None:
        try:
            await self._session.resize(size)
        except (SessionNotReady, XError) as error:
            log.warning("a viewer's resize to %s failed: %s", size, error)


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    try:
        async with asyncio.timeout(CLOSE_DEADLINE):
            await websocket.close(code, reason)
    except (WebSocketDisconnect, RuntimeError, TimeoutError) as error:
        log.debug("the viewer did not take the close: %r", error)
