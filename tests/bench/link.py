"""A shaping TCP proxy: all connections share one bottleneck in each direction.

    python -m tests.bench.link PORT PROFILE

serves on a port of its own in front of PORT. Its first line says which; for each line on stdin it
then writes the bytes carried so far: ``{"up": 1, "down": 2}``.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass

from tests.bench.child import answer

QUEUE = 0.1  # seconds that the bottleneck holds before its sender has to wait
SEGMENT = 1448  # bytes, of Ethernet
SERVER_WINDOW = 16384  # bytes
READ = 65536
SLICE = 0.002  # seconds of the line that are read at once


@dataclass(frozen=True, slots=True)
class Profile:
    """What a link does to each direction: bits a second (0: no limit), seconds of delay."""

    rate: float
    delay: float

    @property
    def shaped(self) -> bool:
        """Whether it does anything at all."""
        return bool(self.rate or self.delay)

    @property
    def chunk(self) -> int:
        """The most bytes to read at once."""
        return max(SEGMENT, int(self.rate / 8 * SLICE)) if self.rate else READ


PROFILES = {
    "lan": Profile(0, 0),
    "dsl": Profile(20e6, 0.015),
    "slow": Profile(5e6, 0.040),
    "weak": Profile(10e6, 0.040),
    "thin": Profile(1e6, 0.040),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """When a chunk reaches the far end, and when the next one may enter."""

    arrival: float
    room: float


class Bottleneck:
    """One direction of a link: a queue of QUEUE seconds, a line with a rate, a delay."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.carried = 0
        self._idle_at = 0.0

    def carry(self, size: int, now: float) -> Passage:
        """Let `size` bytes in at the time `now`, in seconds."""
        self.carried += size
        self._idle_at = max(now, self._idle_at)
        if self.profile.rate:
            self._idle_at += size * 8 / self.profile.rate
        return Passage(self._idle_at + self.profile.delay, self._idle_at - QUEUE)


async def pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: Bottleneck
) -> None:
    """Carry one direction of one connection to its end."""
    clock = asyncio.get_running_loop().time
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
    async with asyncio.TaskGroup() as group:
        group.create_task(_deliver(under_way, writer))
        while data := await reader.read(line.profile.chunk):
            passage = line.carry(len(data), clock())
            under_way.put_nowait((passage.arrival, data))
            if passage.room > clock():
                await asyncio.sleep(passage.room - clock())
        under_way.put_nowait((clock() + line.profile.delay, b""))


async def _deliver(
    under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        arrival, data = await under_way.get()
        if arrival > clock():
            await asyncio.sleep(arrival - clock())
        if not data:
            break
        writer.write(data)
        await writer.drain()
    with suppress(OSError):
        writer.write_eof()


async def _open(port: int, profile: Profile) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the server; its kernel holds as much for a shaped link as for a real one."""
    # asyncio turns Nagle's algorithm off where the protocol is named, and no link has it.
    connected = socket.socket(proto=socket.IPPROTO_TCP)
    connected.setblocking(False)
    if profile.shaped:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SERVER_WINDOW)
    await asyncio.get_running_loop().sock_connect(connected, ("127.0.0.1", port))
    return await asyncio.open_connection(sock=connected, limit=_limit(profile))


def _limit(profile: Profile) -> int:
    return SERVER_WINDOW // 2 if profile.shaped else READ


async def main(port: int, profile: Profile) -> None:
    up, down = Bottleneck(profile), Bottleneck(profile)

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await _open(port, profile)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(pump(reader, far_writer, up))
                group.create_task(pump(far_reader, writer, down))
        except* OSError as lost:
            print(f"link: {lost.exceptions[0]}", file=sys.stderr)
        finally:
            far_writer.close()
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0, limit=_limit(profile))
    await answer(
        {"port": server.sockets[0].getsockname()[1]},
        lambda: {"up": up.carried, "down": down.carried},
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), PROFILES[sys.argv[2]]))
