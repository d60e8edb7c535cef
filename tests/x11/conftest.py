"""Real X servers for the tests: Xvfb, Xdummy (Xorg with the dummy driver) and Xvnc."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import select
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from desktopd.geometry import Size
from desktopd.x11.connection import Connection
from desktopd.x11.selections.clipboard import Clipboard
from tests.daemon import pause_after
from tests.x11.desk import Desk, typing_on
from tests.x11.native import MOVING, Painter, Shown, showing
from tests.x11.selecting import Program

LARGEST = Size(7680, 4320)
SMALL = Size(640, 480)
JAVA = ("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For programs that end before more compiling would pay."""
SECONDS = 60.0  # the most that anything here may take, on a machine that has much else to do

XORG_CONFIG = """
Section "ServerFlags"
    Option "AutoAddDevices" "false"
    Option "AllowMouseOpenFail" "true"
    Option "DontVTSwitch" "true"
    Option "StandbyTime" "0"
    Option "BlankTime" "0"
EndSection
Section "Device"
    Identifier "device"
    Driver "dummy"
    VideoRam {kilobytes}
EndSection
Section "Screen"
    Identifier "screen"
    Device "device"
    DefaultDepth {depth}
    SubSection "Display"
        Depth {depth}
        Virtual {size.width} {size.height}
    EndSubSection
EndSection
"""


def xvfb(folder: Path, size: Size, depth: int) -> list[str]:
    return ["Xvfb", "-screen", "0", f"{size}x{depth}"]


def xdummy(folder: Path, size: Size, depth: int) -> list[str]:
    config = folder / "xorg.conf"
    kilobytes = size.width * size.height * 4 // 1024 + 64
    config.write_text(XORG_CONFIG.format(size=size, depth=depth, kilobytes=kilobytes))
    return [
        *("/usr/lib/xorg/Xorg", "-config", str(config), "-logfile", str(folder / "xorg.log")),
        *("-novtswitch", "-sharevts"),
    ]


def xvnc(folder: Path, size: Size, depth: int) -> list[str]:
    return [
        *("Xtigervnc", "-geometry", str(size), "-depth", str(depth), "-SecurityTypes", "None"),
        *("-rfbunixpath", str(folder / "rfb"), "-rfbport", "-1"),
    ]


SERVERS = {"xvfb": xvfb, "xdummy": xdummy, "xvnc": xvnc}


@dataclass(frozen=True)
class Server:
    """A running X server."""

    name: str
    authority: Path
    process: subprocess.Popen[bytes]
    clients: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.name, "XAUTHORITY": str(self.authority)}

    def run(self, *command: str) -> str:
        """Run a client to its end; returns what it printed."""
        return subprocess.run(
            command,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        ).stdout

    def start(
        self,
        *command: str,
        stdin: int = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.DEVNULL,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
        **environment: str,
    ) -> subprocess.Popen[bytes]:
        """Start a client, which ends with the server at the latest."""
        process = subprocess.Popen(
            command,
            env={**self.environment, **environment},
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )
        self.clients.append(process)
        return process

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The server does nothing inside the block."""
        self.process.send_signal(signal.SIGSTOP)
        state = Path(f"/proc/{self.process.pid}/stat")
        while state.read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.001)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)


def write_authority(path: Path) -> None:
    """An Xauthority file with one cookie, for every host and display (FamilyWild)."""
    fields = (b"", b"", b"MIT-MAGIC-COOKIE-1", secrets.token_bytes(16))
    entry = struct.pack(">H", 0xFFFF)
    for value in fields:
        entry += struct.pack(">H", len(value)) + value
    path.touch(0o600)
    path.write_bytes(entry)


@contextmanager
def running(kind: str, size: Size, depth: int = 24) -> Iterator[Server]:
    """An X server of this kind whose screen may become as large as `size`, with Xvnc larger."""
    with tempfile.TemporaryDirectory(prefix="x11-") as name, ExitStack() as stack:
        number = stack.enter_context(own_number())
        folder = Path(name)
        authority = folder / "authority"
        write_authority(authority)
        reader, writer = os.pipe()
        stack.callback(os.close, reader)
        common = ["-auth", str(authority), "-displayfd", str(writer)]
        common += ["-noreset", "-nolisten", "tcp"]
        log = stack.enter_context((folder / "log").open("wb"))
        process = subprocess.Popen(
            [*SERVERS[kind](folder, size, depth), f":{number}", *common],
            pass_fds=[writer],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        stack.callback(Path(f"/tmp/.X11-unix/X{number}").unlink, missing_ok=True)
        stack.callback(end, process)
        os.close(writer)
        if _read_line(reader) != f"{number}\n":
            pytest.fail(f"{kind} did not start:\n{(folder / 'log').read_text()}")
        server = Server(f":{number}", authority, process)
        try:
            yield server
        finally:
            for client in server.clients:
                end(client)


@contextmanager
def own_number() -> Iterator[int]:
    """The number of a display that no other test has, in this process or any other.

    -displayfd turns the lock file off, so that two servers may take one number, and the first to
    end removes the other's socket. The claim is an abstract socket: it ends with this process.
    Numbers are far from those that a server which chooses for itself tries first.
    """
    for number in random.sample(range(10_000, 50_000), 100):
        with socket.socket(socket.AF_UNIX) as claim:
            try:
                claim.bind(f"\0desktopd-tests-display-{number}")
            except OSError:
                continue
            if not Path(f"/tmp/.X11-unix/X{number}").exists():
                yield number
                return
    pytest.fail("no display number is free; end some X servers")


def _read_line(reader: int) -> str:
    """What the server writes to -displayfd, empty when it ends first or takes too long."""
    deadline = time.monotonic() + SECONDS
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([reader], [], [], max(0, deadline - time.monotonic()))
        piece = os.read(reader, 16) if ready else b""
        if not piece:
            return ""
        line += piece
    return line.decode()


@pytest.fixture(scope="session", params=SERVERS)
def any_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Each kind of X server in turn, which can be as large as any screen of ours."""
    with running(request.param, LARGEST) as server:
        yield server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """An Xvfb that tests share, so they leave it as they found it."""
    with running("xvfb", Size(1280, 800)) as server:
        yield server


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    """Starts a server that belongs to the test: start(kind, size, depth)."""
    with ExitStack() as stack:

        def start(kind: str = "xvfb", size: Size = SMALL, depth: int = 24) -> Server:
            return stack.enter_context(running(kind, size, depth))

        yield start


Connect = Callable[..., Awaitable[Connection]]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Connects to a server, until the end of the test."""
    async with AsyncExitStack() as stack:

        async def connect(server: Server) -> Connection:
            connection = await Connection.open(server.name, server.authority)
            stack.push_async_callback(connection.close)
            return connection

        yield connect


@pytest.fixture
def eventually() -> Callable[..., Awaitable[None]]:
    """Waits until a probe, a function or coroutine function, answers what is expected."""

    async def eventually(probe: Callable[[], object], expected: object = True) -> None:
        deadline = time.monotonic() + SECONDS
        while True:
            began = time.monotonic()
            answer = probe()
            if asyncio.iscoroutine(answer):
                answer = await answer
            if answer == expected:
                return
            if time.monotonic() > deadline:
                pytest.fail(f"still {answer!r:.200}, expected {expected!r:.200}")
            await asyncio.sleep(pause_after(time.monotonic() - began, 0.01))

    return eventually


@pytest.fixture
async def clipboard(server: Server, connect: Connect) -> Clipboard:
    """The clipboard of the shared server, without any text in it."""
    clipboard = await Clipboard.open(await connect(server))
    await clipboard.set("")
    return clipboard


@pytest.fixture
async def program(server: Server, connect: Connect) -> Program:
    """A program on the shared server that copies and pastes."""
    return await Program(await connect(server)).open()


@pytest.fixture
async def desk(
    start: Callable[..., Server],
    connect: Connect,
    folder: Path,
    eventually: Callable[..., Awaitable[None]],
) -> AsyncIterator[Desk]:
    """An X server of its own that a viewer types on."""
    server = start()
    async with typing_on(server, await connect(server), folder, eventually) as desk:
        yield desk


@pytest.fixture
async def shown(start: Callable[..., Server]) -> AsyncIterator[Shown]:
    """A display with the native server."""
    async with showing(start()) as shown:
        yield shown


@pytest.fixture
async def painter(shown: Shown, connect: Connect) -> Painter:
    """Something on that display that can move."""
    return await Painter.open(await connect(shown.server), MOVING, 48, 32)
