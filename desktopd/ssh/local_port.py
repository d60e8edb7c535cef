"""The port of the laptop by which its browser comes: ours from the first moment to the last.

Whoever else listened there while the host is not reached would be shown the browser's cookie.
Tested by tests/unit/ssh/test_local_port.py and tests/deploy/test_ssh.py.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_AT_ONCE = 256 * 1024


@contextmanager
def local_port(port: int, way: Path) -> Iterator[int]:
    """Carry what comes to `port` of 127.0.0.1 (0: a free one) to the unix socket `way`.

    Without that a connection is closed at once, and its browser tries again. The port is told, and
    closed with the block. Raises OSError where somebody has it.
    """
    listening = socket.create_server(("127.0.0.1", port), backlog=128)
    here, end = socket.socketpair()
    carrier = threading.Thread(target=lambda: asyncio.run(_carry_all(listening, way, end)))
    with listening, end:
        carrier.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            here.close()
            carrier.join()


async def _carry_all(listening: socket.socket, way: Path, end: socket.socket) -> None:
    """Carry until the other side of `end` is closed, and nothing thereafter."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _carry(reader, writer, way)
        finally:
            writer.close()

    end.setblocking(False)
    server = await asyncio.start_server(carry, sock=listening, limit=_AT_ONCE)
    await asyncio.get_running_loop().sock_recv(end, 1)
    server.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Path) -> None:
    with suppress(OSError):
        its_reader, its_writer = await asyncio.open_unix_connection(way, limit=_AT_ONCE)
        try:
            await asyncio.gather(_pass(reader, its_writer), _pass(its_reader, writer))
        finally:
            its_writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what arrives, and its end, which is also that of a connection that breaks."""
    with suppress(OSError):
        while data := await reader.read(_AT_ONCE):
            writer.write(data)
            await writer.drain()
    with suppress(OSError):
        writer.write_eof()
