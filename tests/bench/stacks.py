"""The servers that are compared: each shows a desktop of a given size in a page on a port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from desktopd.geometry import Size
from tests.bench.selkies_hearing import SelkiesHearing
from tests.daemon import ROOT, Daemon, until
from tests.x11.conftest import end, running

NOVNC = ROOT / "web" / "node_modules" / "@novnc" / "novnc"
PAGE = Path(__file__).with_name("page.html")
X11VNC = "-forever -shared -nopw -localhost -wait 5 -defer 1 -noxrecord -xkb -speeds lan"
SELKIES = """
  --mode websockets --addr 127.0.0.1 --enable-basic-auth false --audio-enabled false
  --gamepad-enabled false --microphone-enabled false --webcam-enabled false --printing-enabled false
  --enable-clipboard false --file-transfers none
"""
XTIGERVNC = "-depth 24 -SecurityTypes None -localhost -AlwaysShared -nolisten tcp -noreset"


class Listener(Protocol):
    """One viewer's side of a connection that speaks no RFB."""

    greeting: str
    greedy: str
    """What asks for another picture."""
    updates: int

    def feed(self, frame: str | bytes) -> str:
        """What is to be answered; empty for nothing."""


@dataclass(frozen=True)
class Served:
    """A desktop that can be looked at."""

    port: int
    path: str
    """Of its page."""
    environment: Mapping[str, str]
    """For X clients."""
    pids: Sequence[int]
    """Roots of all process trees that serve it."""
    token: str = field(default="", repr=False)
    motion: bool = False
    """Whether napari has the companion's motion there."""
    websocket: str = "/websockify"
    """Where a viewer connects."""
    beside: str = ""
    """What is added to that for a viewer that is not to take the place of the first."""
    hearing: Callable[[Size], Listener] | None = None
    """What such a viewer says; None for RFB."""


Stack = Callable[[Size], AbstractContextManager[Served]]


@contextmanager
def x11vnc(size: Size) -> Iterator[Served]:
    """Xvfb, x11vnc tuned for speed, websockify, noVNC."""
    with running("xvfb", size) as server, own_folder() as folder:
        port = free_port()
        flags = f"-display {server.name} -rfbport {port} {X11VNC}"
        argv = ["x11vnc", *flags.split()]
        with (
            process(folder, port, argv, server.environment) as encoder,
            _websockify(folder, port) as (web, page),
        ):
            pids = [server.process.pid, encoder, page]
            yield Served(web, "/page.html", server.environment, pids)


@contextmanager
def tigervnc(size: Size, novnc: Path = NOVNC) -> Iterator[Served]:
    """Xtigervnc, which is the X server too, websockify, noVNC."""
    with own_folder() as folder:
        port = free_port()
        reading, writing = os.pipe()
        flags = f"-geometry {size} -rfbport {port} -displayfd {writing} {XTIGERVNC}"
        argv = ["Xtigervnc", *flags.split()]
        with process(folder, port, argv, os.environ, pass_fds=[writing]) as encoder:
            os.close(writing)
            with os.fdopen(reading) as display:
                environment = {**os.environ, "DISPLAY": f":{display.readline().strip()}"}
            environment.pop("XAUTHORITY", None)
            with _websockify(folder, port, novnc) as (web, page):
                yield Served(web, "/page.html", environment, [encoder, page])


@contextmanager
def selkies(size: Size) -> Iterator[Served]:
    """Xvfb, Selkies over a WebSocket, its own page."""
    command = shutil.which("selkies")
    if command is None:
        hint = "`pip install selkies` into an environment of its own, with that on PATH"
        raise FileNotFoundError(f"selkies is missing: {hint}")
    with running("xvfb", size) as server, own_folder() as folder:
        port = free_port()
        sides = ["--manual-width", str(size.width), "--manual-height", str(size.height)]
        argv = [command, *SELKIES.split(), "--port", str(port), *sides]
        home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        with process(folder, port, argv, server.environment | home) as encoder:
            pids, path = [server.process.pid, encoder], "/api/websockets"
            yield Served(
                port,
                "/",
                server.environment,
                pids,
                websocket=path,
                beside="?role=viewer",
                hearing=SelkiesHearing,
            )


@contextmanager
def desktopd(rfb: str, size: Size, *, motion: bool = True) -> Iterator[Served]:
    """The product with its own page."""
    with own_folder() as folder:
        daemon = Daemon(folder, app="sleep 86400", kiosk="false", size=size, rfb=rfb)
        try:
            until(lambda: daemon.service("rfb")["state"] == "running", 30, "the RFB server")
            query = f"?token={daemon.token}&bar=0&resize=off&autoconnect=1"
            port = int(daemon.base.rpartition(":")[2])
            environment, pids = daemon.environment(), [daemon.process.pid]
            yield Served(port, f"/{query}", environment, pids, daemon.token, motion=motion)
        finally:
            daemon.stop()


def free_port() -> int:
    """A TCP port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def novnc_page(folder: Path, novnc: Path = NOVNC) -> Path:
    """A folder with unmodified noVNC and its `page.html`, for websockify to serve."""
    if not novnc.exists():
        raise FileNotFoundError(f"{novnc} is missing: run `npm --prefix web ci`")
    web = folder / "web"
    web.mkdir()
    shutil.copy(PAGE, web)
    (web / "novnc").symlink_to(novnc)
    return web


@contextmanager
def _websockify(folder: Path, rfb_port: int, novnc: Path = NOVNC) -> Iterator[tuple[int, int]]:
    """noVNC's page and its relay; gives their port and pid."""
    web = novnc_page(folder, novnc)
    port = free_port()
    addresses = [f"127.0.0.1:{port}", f"127.0.0.1:{rfb_port}"]
    argv = [sys.executable, "-m", "websockify", "--web", str(web), *addresses]
    with process(folder, port, argv, os.environ) as pid:
        yield port, pid


@contextmanager
def process(
    folder: Path,
    port: int,
    argv: Sequence[str],
    environment: Mapping[str, str],
    pass_fds: Sequence[int] = (),
) -> Iterator[int]:
    """A server that logs into `folder`, once it listens on `port`; gives its pid."""
    log = folder / f"{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=pass_fds,
            start_new_session=True,
        )

    def listens() -> bool:
        last = log.read_text(errors="replace")[-2000:]
        assert process.poll() is None, f"{argv[0]} ended:\n{last}"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        until(listens, 30, f"{argv[0]} on port {port}")
        yield process.pid
    finally:
        # websockify has a process for each connection.
        os.killpg(process.pid, signal.SIGTERM)
        end(process)


@contextmanager
def own_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dd-") as name:
        yield Path(name)
