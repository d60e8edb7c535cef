"""A port for VNC viewers, an RFB server behind it, and a viewer that is nothing but bytes."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from struct import pack

from desktopd.budgets import Budget, Share
from desktopd.geometry import Size
from desktopd.lockout import Lockout
from desktopd.rfb.listeners.authentication import VncAuthenticator
from desktopd.rfb.listeners.password import VncPasswords, response
from desktopd.rfb.listeners.vnc_port import VncPort, listen
from desktopd.rfb.relay.relay_server import RelayServer
from desktopd.rfb.relay.upstream import UnixTarget
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.rfb.viewers.wanted_sizes import WantedSizes
from desktopd.tls.certificate import Certificate
from tests.unit.certificate import certificate

DEADLINE = 20.0
CONTROL, VIEW = "opensesa", "lookonly"
PASSWORDS = VncPasswords(CONTROL, VIEW)
GREETING = b"RFB 003.008\n"
CLIENT_INIT = b"\x00"
SERVER_INIT = pack(">HH", 640, 480) + bytes(16) + pack(">I", 4) + b"desk"
KEY = pack(">B?xxI", 4, True, 97)
UPDATE_REQUEST = pack(">BBHHHH", 3, 1, 0, 0, 640, 480)
RESIZE = pack(">BxHHBxIHHHHI", 251, 1024, 768, 1, 0, 0, 0, 1024, 768, 0)
ACCEPTED = bytes(4)
VNC_AUTHENTICATION, VENCRYPT = b"\x02", b"\x13"
VENCRYPT_0_2 = b"\x00\x02"


def refused(reason: str) -> bytes:
    return pack(">II", 1, len(reason)) + reason.encode()


@dataclass
class Desk:
    """The session behind the port: its RFB server asks for no password."""

    rfb_target: Path
    sizes: list[Size] = field(default_factory=list)
    heard: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    security: bytes = b"\x01\x01"
    result: bytes = ACCEPTED

    scale = None

    async def resize(self, size: Size, scale: float | None = None) -> Size:
        self.sizes.append(size)
        return size

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Say everything byte by byte, and keep what is heard after the handshake."""
        try:
            await _slowly(writer, GREETING)
            assert await reader.readexactly(len(GREETING)) == GREETING
            await _slowly(writer, self.security)
            assert await reader.readexactly(1) == b"\x01"
            await _slowly(writer, self.result)
            self.heard.put_nowait(await reader.readexactly(1))
            writer.write(SERVER_INIT)
            while data := await reader.read(4096):
                self.heard.put_nowait(data)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def hears(self, data: bytes) -> None:
        """Wait until exactly `data` has come next."""
        heard = b""
        async with asyncio.timeout(DEADLINE):
            while len(heard) < len(data):
                heard += await self.heard.get()
        assert heard == data


async def _slowly(writer: asyncio.StreamWriter, data: bytes) -> None:
    for byte in data:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)


@dataclass
class Guest:
    """A viewer's end of a connection to the port."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def hears(self, data: bytes) -> None:
        async with asyncio.timeout(DEADLINE):
            assert await self.reader.readexactly(len(data)) == data

    async def hears_the_end(self) -> None:
        """Wait until the port has closed the connection."""
        async with asyncio.timeout(DEADLINE):
            with suppress(ConnectionError):
                assert await self.reader.read() == b""

    def says(self, data: bytes) -> None:
        self.writer.write(data)

    async def authenticates(self, password: str) -> None:
        async with asyncio.timeout(DEADLINE):
            challenge = await self.reader.readexactly(16)
        self.says(response(password.encode(), challenge))

    async def comes_in(self, password: str = CONTROL) -> None:
        """The whole handshake of RFB 3.8 with VNC authentication."""
        await self.shakes_hands(password)
        await self.hears(ACCEPTED)

    async def shakes_hands(self, password: str) -> None:
        """That handshake up to its result."""
        await self.hears(GREETING)
        self.says(GREETING)
        await self.hears(b"\x01" + VNC_AUTHENTICATION)
        self.says(VNC_AUTHENTICATION)
        await self.authenticates(password)

    async def starts_tls(self, trusted: Path) -> None:
        async with asyncio.timeout(DEADLINE):
            context = ssl.create_default_context(cafile=str(trusted))
            await self.writer.start_tls(context, server_hostname="localhost")


@dataclass
class Port:
    """The port under test."""

    number: int
    desk: Desk
    viewers: Viewers
    lockout: Lockout

    @asynccontextmanager
    async def guest(self, address: str = "127.0.0.1") -> AsyncIterator[Guest]:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.number, local_addr=(address, 0)
        )
        try:
            yield Guest(reader, writer)
        finally:
            # After a TLS handshake that failed, wait_closed would wait for ever.
            writer.transport.abort()

    async def has_viewers(self, count: int) -> None:
        async with asyncio.timeout(DEADLINE):
            while len(self.viewers) != count:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(
    folder: Path,
    passwords: VncPasswords | None,
    *,
    tls: bool = False,
    plain: bool = True,
    desk: bool = True,
    most: int = 32,
    watchers: int = 100,
) -> AsyncIterator[Port]:
    """Serve on a free port of loopback; without `desk` nothing is behind it."""
    context = Certificate(*certificate(folder)).context() if tls else None
    strangers, watching = Share(Budget.STRANGERS, most), Share(Budget.WATCHERS, watchers)
    session, viewers = Desk(folder / "rfb.sock"), Viewers()
    sock = listen("127.0.0.1", 0)
    number = sock.getsockname()[1]
    sizes = WantedSizes(session.resize)
    rfb = RelayServer(PixelPath.X11VNC, UnixTarget(session.rfb_target), sizes=sizes)
    authenticator = VncAuthenticator(passwords, tls, plain)
    port = VncPort(sock, authenticator, rfb, viewers, strangers, watching, context)
    server = await asyncio.start_unix_server(session.serve, session.rfb_target) if desk else None
    task = asyncio.create_task(port.serve())
    try:
        yield Port(number, session, viewers, authenticator.lockout)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if server is not None:
            server.close()
            await server.wait_closed()
