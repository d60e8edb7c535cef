"""Many connections over one pair of pipes: frames, and credit, so that none holds up another.

A frame is kind (u8), connection (u32), length (u32), so many bytes, and a newline: a program
between the ends that passes whole lines on, such as Slurm's srun, then keeps nothing back.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum

WINDOW = 256 * 1024
"""Bytes that one end may send on a connection before the other has passed them on."""
CHUNK = 16 * 1024
_HEADER = struct.Struct(">BII")
_END = b"\n"

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class BrokenFrame(Exception):
    """What the other end sent is no frame."""


class _Kind(IntEnum):
    """DATA, and the end of it, of one direction; CREDIT: so many more bytes; RESET ends both."""

    OPEN, DATA, CREDIT, END, RESET = range(5)


@dataclass(frozen=True, slots=True)
class _Frame:
    kind: _Kind
    number: int
    content: bytes = b""

    def __bytes__(self) -> bytes:
        header = _HEADER.pack(self.kind, self.number, len(self.content))
        return b"".join((header, self.content, _END))


class Multiplexer:
    """One end of the pipes.

    `connect` opens a connection for one that the other end has opened; RESET answers its OSError.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        connect: Connect | None = None,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._connect = connect
        self._open: dict[int, _Connection] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._numbers = 0

    async def run(self) -> None:
        """Carry until the other end closes the pipe, with which all connections end.

        Raises BrokenFrame.
        """
        try:
            while (frame := await self._read()) is not None:
                self._take(frame)
        finally:
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to the other end, until it is over."""
        self._numbers += 1
        connection = self._begin(self._numbers)
        await self._send(_Frame(_Kind.OPEN, connection.number))
        await asyncio.wait([self._spawn(connection, self._carried(connection, reader, writer))])

    def _begin(self, number: int) -> _Connection:
        self._open[number] = connection = _Connection(number, self._send)
        return connection

    def _spawn(self, connection: _Connection, work: Awaitable[None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        connection.task = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _accept(self, connection: _Connection, connect: Connect) -> None:
        try:
            reader, writer = await connect()
        except OSError:
            self._open.pop(connection.number, None)
            await self._send(_Frame(_Kind.RESET, connection.number))
            return
        await self._carried(connection, reader, writer)

    async def _carried(
        self,
        connection: _Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(connection.send_from(reader))
                group.create_task(connection.pass_on(writer))
        except* OSError:
            await self._send(_Frame(_Kind.RESET, connection.number))
        finally:
            self._open.pop(connection.number, None)
            writer.close()

    async def _read(self) -> _Frame | None:
        """The next frame; None at the end of the pipe, also within a frame."""
        try:
            kind, number, length = _HEADER.unpack(await self._reader.readexactly(_HEADER.size))
            if kind >= len(_Kind) or length > WINDOW:
                raise BrokenFrame(f"kind {kind}, {length} bytes")
            content = await self._reader.readexactly(length + len(_END))
        except (asyncio.IncompleteReadError, OSError):
            return None
        if content[length:] != _END:
            raise BrokenFrame("a frame has another length than it says")
        return _Frame(_Kind(kind), number, content[:length])

    def _take(self, frame: _Frame) -> None:
        if frame.kind is _Kind.OPEN:
            if self._connect is None or frame.number in self._open:
                raise BrokenFrame(f"connection {frame.number} cannot be opened")
            connection = self._begin(frame.number)
            self._spawn(connection, self._accept(connection, self._connect))
        elif known := self._open.get(frame.number):
            known.take(frame)

    async def _send(self, frame: _Frame) -> None:
        # Without the pipe there is no other end: `run` is about to end every connection.
        with suppress(OSError):
            self._writer.write(bytes(frame))
            await self._writer.drain()


class _Connection:
    """What one end knows of one connection."""

    def __init__(self, number: int, send: Callable[[_Frame], Awaitable[None]]) -> None:
        self.number = number
        self.task: asyncio.Task[None] | None = None
        self._send = send
        self._credit = WINDOW
        self._has_credit = asyncio.Event()
        self._has_credit.set()
        self._arrived: asyncio.Queue[bytes] = asyncio.Queue()
        self._owed = 0

    def take(self, frame: _Frame) -> None:
        """Note what the other end has sent; raises BrokenFrame where it had no credit for it."""
        if frame.kind is _Kind.RESET and self.task is not None:
            self.task.cancel()
        elif frame.kind is _Kind.CREDIT:
            self._credit += int.from_bytes(frame.content)
            self._has_credit.set()
        elif frame.kind is _Kind.DATA and frame.content:
            self._owed += len(frame.content)
            if self._owed > WINDOW:
                raise BrokenFrame(f"connection {self.number} has sent more than it may")
            self._arrived.put_nowait(frame.content)
        elif frame.kind is _Kind.END:
            self._arrived.put_nowait(b"")

    async def send_from(self, reader: asyncio.StreamReader) -> None:
        """Send what the local side writes, as far as there is credit; raises OSError."""
        while True:
            await self._has_credit.wait()
            data = await reader.read(min(self._credit, CHUNK))
            if not data:
                await self._send(_Frame(_Kind.END, self.number))
                return
            self._credit -= len(data)
            if not self._credit:
                self._has_credit.clear()
            await self._send(_Frame(_Kind.DATA, self.number, data))

    async def pass_on(self, writer: asyncio.StreamWriter) -> None:
        """Pass what arrives on to the local side, and let as much more be sent; raises OSError."""
        while data := await self._arrived.get():
            writer.write(data)
            await writer.drain()
            self._owed -= len(data)
            await self._send(_Frame(_Kind.CREDIT, self.number, len(data).to_bytes(4)))
        writer.write_eof()
