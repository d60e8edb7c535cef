"""A TCP port for VNC viewers: lets them in, and hands them to the desktop's RFB server."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
import time
from functools import partial

from desktopd import audit
from desktopd.background_tasks import BackgroundTasks
from desktopd.budgets import Displaced, Share
from desktopd.descriptors import connections
from desktopd.errors import DisplayUnavailable, ListenError
from desktopd.refusals import NewsOfEach, Refusals
from desktopd.rfb.listeners.authenticated_transport import AuthenticatedTransport
from desktopd.rfb.listeners.authentication import Refused, VncAuthenticator, refuse, tls_chosen
from desktopd.rfb.listeners.channel import Secured, SocketChannel, StreamChannel
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.protocol.server_handshake import ServerHandshake
from desktopd.rfb.rfb_server import RfbConnection, RfbServer
from desktopd.rfb.viewers.people import Visitor
from desktopd.rfb.viewers.viewer import Role, Viewer
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.sockets import adapt, keep_other_family, tune
from desktopd.tls.in_turns import TlsInTurns
from desktopd.turns import RequestTurns

log = logging.getLogger(__name__)

NEGOTIATION_DEADLINE = 20.0
# Viewers ask for the password only now.
PASSWORD_DEADLINE = 120.0
_BACKLOG = 128


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on an address, ``::`` for both families; 0 takes a free port.

    Where IPv6 is missing ``::`` is IPv4 alone. Raises OSError.
    """
    try:
        return _listen(host, port)
    except OSError as error:
        if host != "::" or error.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL):
            raise
    return _listen("0.0.0.0", port)


def _listen(host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if sock.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != "::")
        sock.bind((host, port))
        tune(sock)
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


class VncPort:
    """Serves viewers on a listening `sock` as `authenticator` says; `tls` is its certificate.

    Whoever is not yet in has a place of `strangers`, and who may only watch one of `watchers`.
    Raises ListenError where somebody else listens on `localhost` at the port.
    """

    def __init__(
        self,
        sock: socket.socket,
        authenticator: VncAuthenticator,
        server: RfbServer,
        viewers: Viewers,
        strangers: Share,
        watchers: Share,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        host, port = sock.getsockname()[:2]
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if tls is not None:
            # TigerVNC's viewer waits for ever where a ticket comes together with what follows it.
            tls.num_tickets = 0
        self._sock = sock
        try:
            self._kept = keep_other_family(sock)
        except OSError as error:
            raise ListenError(f"{error.strerror}; choose another vnc_port") from None
        self._authenticator = authenticator
        self._server = server
        self._viewers = viewers
        self._tls = tls
        self._connections = BackgroundTasks()
        self._strangers = strangers
        self._watchers = watchers
        self._refusals = Refusals()
        self._sign_ins = NewsOfEach(time.monotonic, "more come in")
        self._turns = RequestTurns()

    async def serve(self) -> None:
        """Serve until cancelled; then every connection is closed."""
        log.info("VNC viewers: %s", self.address)
        try:
            async for sock, peer in connections(self._sock, f"a viewer on {self.address}"):
                adapt(sock)
                self._connections.start(self._connection(sock, str(peer[0])))
        finally:
            for sock in filter(None, (self._sock, self._kept)):
                sock.close()
            await self._connections.end()

    async def _connection(self, sock: socket.socket, address: str) -> None:
        try:
            async with contextlib.AsyncExitStack() as stack:
                stack.callback(sock.close)
                async with self._strangers.place(address):
                    streams, handshake, role = await self._identify(sock, address, stack)
                if role is Role.VIEW:
                    await self._find_place(streams, handshake, address, stack)
                async with asyncio.timeout(NEGOTIATION_DEADLINE):
                    connection = await self._let_in(streams, handshake, stack)
                if self._sign_ins.may_be_told(role, address):
                    audit.note(audit.Event.SIGNED_IN, address=address, role=role, by="vnc")
                await self._show(streams, connection, role, address)
        except (Refused, ProtocolError, Displaced) as error:
            # What is no RFB may be any text.
            reason = "no RFB" if isinstance(error, ProtocolError) else str(error)
            if self._refusals.is_new(address, reason):
                audit.note(audit.Event.REFUSED, address=address, reason=str(error))
                log.warning("viewer %s refused: %s", address, error)
        except (OSError, asyncio.IncompleteReadError) as error:
            if self._refusals.is_new(address, "left"):
                log.info("viewer %s left before it was in: %s", address, str(error) or "too late")

    async def _identify(
        self, sock: socket.socket, address: str, stack: contextlib.AsyncExitStack
    ) -> tuple[StreamChannel, ServerHandshake, Role]:
        """Go through the handshake up to its result; what is opened is closed by `stack`."""
        authenticator = self._authenticator
        async with asyncio.timeout(NEGOTIATION_DEADLINE):
            handshake = await authenticator.negotiate(SocketChannel(sock))
            secured = self._secured(address) if tls_chosen(handshake) else None
            streams = await StreamChannel.open(sock, secured)
            stack.push_async_callback(streams.close)
        async with asyncio.timeout(PASSWORD_DEADLINE):
            role = await authenticator.identify(streams, handshake, address)
        if role is Role.CONTROL:
            streams.trust()
        return streams, handshake, role

    def _secured(self, address: str) -> Secured | None:
        if self._tls is None:
            return None
        seconds = NEGOTIATION_DEADLINE
        return partial(
            TlsInTurns, context=self._tls, turns=self._turns, address=address, seconds=seconds
        )

    async def _find_place(
        self,
        streams: StreamChannel,
        handshake: ServerHandshake,
        address: str,
        stack: contextlib.AsyncExitStack,
    ) -> None:
        """Take a watcher's place until the end of `stack`; raises Refused where there is none."""
        try:
            await stack.enter_async_context(self._watchers.place(address))
        except Displaced as displaced:
            raise await refuse(streams, handshake, str(displaced)) from None

    async def _let_in(
        self,
        streams: StreamChannel,
        handshake: ServerHandshake,
        stack: contextlib.AsyncExitStack,
    ) -> RfbConnection:
        """Tell the viewer that it is in, on a connection that `stack` closes."""
        try:
            connection = await self._server.connect()
        except DisplayUnavailable as error:
            log.warning("%s: %s", error, error.remedy)
            reason = "the desktop is starting; try again"
            raise await refuse(streams, handshake, reason) from None
        stack.callback(connection.close)
        await streams.write(handshake.accept())
        return connection

    async def _show(
        self, streams: StreamChannel, connection: RfbConnection, role: Role, address: str
    ) -> None:
        viewer = Viewer(role=role, address=address, path=self._server.path)
        with self._viewers.add(viewer, Visitor.unnamed(role)):
            viewer.ending = await connection.serve(AuthenticatedTransport(streams), viewer)
