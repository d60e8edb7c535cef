"""WebSockets ``/websockify``, ``/ws`` and ``/ws/``: RFB in binary frames."""

from __future__ import annotations

import asyncio
import logging

from starlette.websockets import WebSocket, WebSocketDisconnect

from desktopd.geometry import Size
from desktopd.http.gate import Access
from desktopd.http.metrics import Metrics
from desktopd.http.problems import Problem
from desktopd.http.proxy import client_address
from desktopd.http.session import Session
from desktopd.rfb.encodings import PixelPath
from desktopd.rfb.relay import Cause, relay
from desktopd.rfb.targets import TargetError, Targets, UnixTarget, Upstream, connect
from desktopd.rfb.viewer import Viewer, Viewers
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


class Rfb:
    """The endpoint: relays to the session's own RFB server, or to one that `targets` names."""

    def __init__(
        self, session: Session, viewers: Viewers, metrics: Metrics, targets: Targets | None
    ) -> None:
        self._session = session
        self._viewers = viewers
        self._metrics = metrics
        self._targets = targets
        self._resizes: set[asyncio.Task[None]] = set()

    async def connect(self, websocket: WebSocket) -> None:
        """Serve one viewer. Raises Problem 404 or 503 before it is let in."""
        path, upstream = await self._open(websocket)
        role = Access.of(websocket).role
        viewer = Viewer(role=role, address=client_address(websocket.scope), path=path)
        offered = websocket.scope["subprotocols"]
        try:
            await websocket.accept("binary" if "binary" in offered else None)
        except BaseException:
            upstream.writer.transport.abort()
            raise
        log.info("viewer %s came: %s, %s", viewer.id, viewer.address, role)
        own = path is not PixelPath.TARGET
        try:
            with self._viewers.add(viewer):
                ending = await relay(
                    WebSocketTransport(websocket),
                    upstream,
                    viewer,
                    # Xvnc resizes itself; its clipboard, as x11vnc's, knows no roles.
                    on_resize=self._resize if path is PixelPath.X11VNC else None,
                    clipboard=not own,
                )
        finally:
            self._metrics.ended(viewer)
        log.info("viewer %s left: %s", viewer.id, ending)
        if ending.cause is not Cause.VIEWER_LEFT:
            await _close(websocket, _CLOSE_CODES.get(ending.cause, 1008), ending.cause)

    async def _open(self, websocket: WebSocket) -> tuple[PixelPath, Upstream]:
        name = websocket.query_params.get("token")
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
