"""What comes by TLS is read in turns, a little at a time, until somebody is trusted."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from pathlib import Path

from desktopd.tls.certificate import Certificate
from desktopd.tls.in_turns import PIECE, TlsInTurns, distrust, trust
from desktopd.turns import RequestTurns, Turn
from tests.unit.certificate import certificate

SAID = bytes(200_000)


class Counted(RequestTurns):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def take(self, address: str, work: Callable[[], None], **who: Hashable) -> Turn:
        self.count += 1
        return super().take(address, work, **who)


class Heard(asyncio.Protocol):
    def __init__(self) -> None:
        self.size = 0

    def data_received(self, data: bytes) -> None:
        self.size += len(data)

    async def all(self, size: int) -> None:
        async with asyncio.timeout(30):
            while self.size < size:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def connected(
    folder: Path,
) -> AsyncIterator[tuple[Heard, TlsInTurns, asyncio.Transport, asyncio.StreamWriter]]:
    """What is heard through TLS, its transport, and the client that speaks."""
    ours, theirs = socket.socketpair()
    client = ssl.create_default_context()
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    heard, context = Heard(), Certificate(*certificate(folder)).context()
    tls = TlsInTurns(heard, context, Counted(), "192.0.2.66", seconds=30)
    (_, writer), transport = await asyncio.gather(
        asyncio.open_connection(sock=theirs, ssl=client, server_hostname="desk.test"),
        tls.accept(ours),
    )
    try:
        yield heard, tls, transport, writer
    finally:
        writer.transport.abort()
        transport.abort()


def turns(tls: TlsInTurns) -> int:
    assert isinstance(tls._turns, Counted)
    return tls._turns.count


async def test_what_comes_after_the_handshake_is_read_in_turns_too(folder: Path) -> None:
    """A hundred strangers who asked for keys again and again had everybody wait for 4 s."""
    async with connected(folder) as (heard, tls, _, writer):
        before = turns(tls)
        writer.write(SAID)
        await heard.all(len(SAID))
        assert turns(tls) - before >= len(SAID) // PIECE


async def test_little_is_kept_of_what_nobody_takes(folder: Path) -> None:
    """900 strangers had 600 MB wait."""
    async with connected(folder) as (heard, tls, transport, writer):
        transport.pause_reading()
        writer.write(SAID)
        await asyncio.sleep(0.3)
        assert heard.size == 0
        assert 0 < tls._incoming.pending <= 2 * PIECE  # type: ignore[attr-defined]
        transport.resume_reading()
        await heard.all(len(SAID))


async def test_who_is_trusted_waits_for_no_turn(folder: Path) -> None:
    async with connected(folder) as (heard, tls, transport, writer):
        writer.write(SAID)
        trust(transport)
        await heard.all(len(SAID))
        before = turns(tls)
        writer.write(SAID)
        await heard.all(2 * len(SAID))
        assert turns(tls) == before


async def test_who_is_trusted_no_more_waits_for_turns_again(folder: Path) -> None:
    async with connected(folder) as (heard, tls, transport, writer):
        trust(transport)
        distrust(transport, "ada")
        before = turns(tls)
        writer.write(SAID)
        await heard.all(len(SAID))
        assert turns(tls) - before >= len(SAID) // PIECE
