"""A TCP port for VNC viewers: lets them in and relays them to the session's RFB server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Coroutine
from pathlib import Path
from typing import Protocol

from desktopd.geometry import Size
from desktopd.rfb.listeners.authentication import Agreement, Refused, VncAuthenticator
from desktopd.rfb.listeners.channel import AuthenticatedTransport, SocketChannel, StreamChannel
from desktopd.rfb.listeners.tcp import tune
from desktopd.rfb.listeners.unix_socket import RfbServer
from desktopd.rfb.protocol.message import ProtocolError
from desktopd.rfb.relay.relay import NoDisplay, relay
from desktopd.rfb.relay.targets import TargetError, UnixTarget, Upstream, connect
from desktopd.rfb.viewers.connection import Ending
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewer import Role, Viewer, Viewers

log = logging.getLogger(__name__)

NEGOTIATION_DEADLINE = 20.0
# Viewers ask for the password only now.
PASSWORD_DEADLINE = 120.0
MOST_STRANGERS = 32
_ACCEPT_AGAIN = 1.0
_BACKLOG = 128


class Session(Protocol):
    """What is needed of a session."""

    @property
    def rfb_target(self) -> Path:
        """The unix socket of the RFB server, which asks for no password."""

    @property
    def rfb_path(self) -> str:
        """Which RFB server that is: a value of `desktopd.rfb.protocol.encodings.PixelPath`."""

    async def resize(self, size: Size) -> Size:
        """Resize the screen; the size that it now has."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket on an address, ``::`` also for IPv4; 0 takes a free port.

    Raises OSError.
    """
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


def tls_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer with a certificate chain, PEM; raises OSError, ssl.SSLError among them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    # TigerVNC's viewer waits for ever where a ticket comes together with what follows it.
    context.num_tickets = 0
    return context


class VncPort:
    """Serves viewers on a listening `sock` as `authenticator` says; `tls` is its certificate.

    `native` is the RFB server of this process, where the session has none of its own.
    """

    def __init__(
        self,
        sock: socket.socket,
        authenticator: VncAuthenticator,
        session: Session,
        viewers: Viewers,
        tls: ssl.SSLContext | None = None,
        native: RfbServer | None = None,
    ) -> None:
        host, port = sock.getsockname()[:2]
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._sock = sock
        self._authenticator = authenticator
        self._session = session
        self._viewers = viewers
        self._tls = tls
        self._native = native
        self._tasks: set[asyncio.Task[object]] = set()
        self._strangers = 0

    async def serve(self) -> None:
        """Serve until cancelled; then every connection is closed."""
        log.info("VNC viewers: %s", self.address)
        try:
            while True:
                sock, address = await self._accept()
                if self._strangers >= MOST_STRANGERS:
                    log.warning(
                        "viewer %s refused: %d others are not yet in", address, MOST_STRANGERS
                    )
                    sock.close()
                else:
                    self._start(self._connection(sock, address))
        finally:
            self._sock.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self) -> tuple[socket.socket, str]:
        while True:
            try:
                sock, peer = await asyncio.get_running_loop().sock_accept(self._sock)
            except OSError as error:
                # A connection that is gone again, or no descriptors left (accept(2)).
                log.warning("%s: a viewer could not be accepted: %s", self.address, error.strerror)
                await asyncio.sleep(_ACCEPT_AGAIN)
            else:
                return sock, str(peer[0])

    def _start(self, work: Coroutine[None, None, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connection(self, sock: socket.socket, address: str) -> None:
        self._strangers += 1
        try:
            async with contextlib.AsyncExitStack() as stack:
                try:
                    streams, role, upstream = await self._let_in(sock, address, stack)
                finally:
                    self._strangers -= 1
                await self._show(streams, upstream, role, address)
        except (Refused, ProtocolError) as error:
            log.warning("viewer %s refused: %s", address, error)
        except (OSError, asyncio.IncompleteReadError) as error:
            log.info("viewer %s left before it was in: %s", address, str(error) or "too late")

    async def _let_in(
        self, sock: socket.socket, address: str, stack: contextlib.AsyncExitStack
    ) -> tuple[StreamChannel, Role, Upstream | None]:
        """Go through the handshake; what is opened for it is closed by `stack`."""
        authenticator = self._authenticator
        stack.callback(sock.close)
        async with asyncio.timeout(NEGOTIATION_DEADLINE):
            agreed = await authenticator.negotiate(SocketChannel(sock))
            streams = await StreamChannel.open(sock, self._tls if agreed.tls else None)
            stack.push_async_callback(streams.close)
        async with asyncio.timeout(PASSWORD_DEADLINE):
            role = await authenticator.identify(streams, agreed, address)
            upstream = None
            if self._native is None:
                upstream = await self._connect(streams, agreed)
                stack.callback(upstream.writer.transport.abort)
            await authenticator.welcome(streams, agreed)
        return streams, role, upstream

    async def _connect(self, streams: StreamChannel, agreed: Agreement) -> Upstream:
        try:
            return await connect(UnixTarget(self._session.rfb_target))
        except TargetError as error:
            log.warning("%s", error)
            raise await agreed.refuse(streams, "the desktop is starting; try again") from None

    async def _show(
        self, streams: StreamChannel, upstream: Upstream | None, role: Role, address: str
    ) -> None:
        path = PixelPath(self._session.rfb_path)
        viewer = Viewer(role=role, address=address, path=path)
        log.info("viewer %s came: %s, %s, by VNC", viewer.id, address, role)
        with self._viewers.add(viewer):
            ending = await self._serve(AuthenticatedTransport(streams), upstream, viewer)
        log.info("viewer %s left: %s", viewer.id, ending)

    async def _serve(
        self, transport: AuthenticatedTransport, upstream: Upstream | None, viewer: Viewer
    ) -> Ending | NoDisplay:
        if upstream is not None:
            return await relay(
                transport,
                upstream,
                viewer,
                on_resize=self._resize if viewer.path is PixelPath.X11VNC else None,
                # The clipboards of x11vnc and Xvnc know no roles.
                clipboard=False,
            )
        assert self._native is not None
        try:
            return await self._native.serve(transport, viewer)
        except NoDisplay as error:
            return error

    def _resize(self, size: Size) -> None:
        self._start(self._resize_screen(size))

    async def _resize_screen(self, size: Size) -> None:
        try:
            await self._session.resize(size)
        except Exception as error:
            # Those of a session are not known in this room.
            log.warning("a viewer's resize to %s failed: %s", size, error)
