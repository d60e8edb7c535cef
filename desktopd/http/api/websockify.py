"""WebSockets ``/websockify``, ``/ws`` and ``/ws/``: RFB in binary frames."""

from __future__ import annotations

from starlette.websockets import WebSocket, WebSocketDisconnect

from desktopd.http.access.access import Access
from desktopd.http.access.departures import Departures
from desktopd.http.access.visitor import visitor_of
from desktopd.http.api.closing import close
from desktopd.http.problems import Problem
from desktopd.http.serving.proxy import client_address
from desktopd.http.serving.request_connection import break_off
from desktopd.http.serving.websocket_connection import SOCKET, TAKEN
from desktopd.rfb.relay.targets import Targets
from desktopd.rfb.rfb_server import RfbServer
from desktopd.rfb.viewers.connection import Cause
from desktopd.rfb.viewers.people import Visitor
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.sockets import unacknowledged
from desktopd.tasks import race
from desktopd.trace import Trace

# RFC 6455 section 7.4.1.
_CLOSE_CODES = {
    Cause.SERVER_LEFT: 1012,
    Cause.SERVER_STALLED: 1013,
    Cause.PROTOCOL_ERROR: 1002,
}


class WebSocketTransport:
    """A viewer's WebSocket as the RFB servers want it.

    Notes of each frame say how many bytes came before it in its direction: as the page counts them
    too, the two ends of one frame are found by that.
    """

    def __init__(self, websocket: WebSocket, trace: Trace, viewer: Viewer) -> None:
        self._websocket = websocket
        self._trace = trace
        self._track = f"viewer {viewer.id}"
        self._taken = websocket.scope.get(TAKEN) if viewer.role is Role.VIEW else None
        self._received = self._sent = 0

    async def receive(self) -> bytes | None:
        """The next binary frame; None when the viewer has left or sends text."""
        frame = await self._websocket.receive()
        data: bytes | None = frame.get("bytes")
        if data is not None:
            self._trace.end(
                self._track, "receive", self._trace.begin(), at=self._received, bytes=len(data)
            )
            self._received += len(data)
        return data

    @property
    def unacknowledged(self) -> int:
        """See Transport."""
        return unacknowledged(self._websocket.scope.get(SOCKET))

    async def send(self, data: bytes) -> None:
        """Send a binary frame; ConnectionError when the viewer has left.

        It returns at once, but for those who may only watch: what waits for them is counted.
        """
        began, before = self._trace.begin(), self._sent
        self._sent += len(data)
        try:
            await self._websocket.send_bytes(data)
            if self._taken is not None:
                await self._taken()
            self._trace.end(self._track, "transmit", began, at=before, bytes=len(data))
        except WebSocketDisconnect:
            raise ConnectionResetError("the viewer has left") from None


class RfbEndpoint:
    """Shows the desktop of `server`, or with `targets` the one that is named in the address."""

    def __init__(
        self,
        server: RfbServer,
        viewers: Viewers,
        targets: Targets | None,
        departures: Departures,
        trace: Trace,
    ) -> None:
        self._server = server
        self._viewers = viewers
        self._targets = targets
        self._departures = departures
        self._trace = trace

    async def connect(self, websocket: WebSocket) -> None:
        """Serve one viewer. Raises Problem 404 or DisplayUnavailable before it is let in."""
        server = await self._wanted(websocket)
        connection = await server.connect()
        access = Access.of(websocket)
        role, visitor = access.role, visitor_of(websocket)
        here = visitor or Visitor.unnamed(role, owner=access.owner)
        address = client_address(websocket.scope)
        viewer = Viewer(role=role, address=address, path=server.path, link=access.link)
        offered = websocket.scope["subprotocols"]
        try:
            await websocket.accept("binary" if "binary" in offered else None)
        except BaseException:
            connection.close()
            raise
        with self._viewers.add(viewer, here if server is self._server else None):
            viewer.ending = ending = await race(
                connection.serve(WebSocketTransport(websocket, self._trace, viewer), viewer),
                self._departures.of(access, visitor),
            )
        if ending.cause is Cause.BACKLOG_FULL and role is Role.VIEW:
            # What it has not taken is counted no more: a close would wait behind that for 10 s.
            break_off(websocket.scope)
        elif ending.cause is not Cause.VIEWER_LEFT:
            await close(websocket, _CLOSE_CODES.get(ending.cause, 1008), ending.cause)

    async def _wanted(self, websocket: WebSocket) -> RfbServer:
        name = websocket.query_params.get("token")
        if self._targets is None or name is None:
            return self._server
        watching = Access.of(websocket).role is Role.VIEW
        named = await self._targets.server(name, watching=watching)
        if named is None:
            raise Problem(404, "no target of this name", "correct token= in the address")
        return named
