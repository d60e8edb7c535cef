"""An application on a session in memory, and the ways to speak to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from desktopd.applications.application import Application
from desktopd.applications.opening import Allowed, Opening
from desktopd.budgets import Budget, Budgets
from desktopd.errors import DisplayUnavailable
from desktopd.geometry import Size
from desktopd.http.app import create_app
from desktopd.http.options import HttpOptions
from desktopd.http.serving.listening_sockets import bind_tcp
from desktopd.http.serving.server import HttpServer
from desktopd.observers import Observers
from desktopd.rfb.relay.relay_server import RelayServer
from desktopd.rfb.relay.upstream import UnixTarget
from desktopd.rfb.viewers.pixel_path import PixelPath
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.rfb.viewers.wanted_sizes import WantedSizes
from desktopd.session.status import DisplayStatus, ServiceState, ServiceStatus, SessionStatus, Stage
from desktopd.x11.selections.clipboard import NOTHING, Offer, Superseded
from desktopd.x11.selections.content import Content, ContentLimits
from desktopd.x11.selections.negotiation import DropResult
from desktopd.x11.windows.desktop_windows import NoSuchWindow

TOKEN = "Control-token-4f9c2a7d81"
VIEW_TOKEN = "View-token-90b1d3e5c7"
GET = b"GET /healthz HTTP/1.1\r\nHost: desk.test\r\n"
"""The first lines of a request that anybody may make."""
BEARER = {"Authorization": f"Bearer {TOKEN}"}
VIEW_BEARER = {"Authorization": f"Bearer {VIEW_TOKEN}"}
HTML = {"Accept": "text/html,*/*;q=0.8"}

READY = SessionStatus(
    stage=Stage.READY,
    services=tuple(
        ServiceStatus(name, ServiceState.RUNNING, pid)
        for pid, name in enumerate(("display", "window_manager", "rfb", "application"), 11)
    ),
    display=DisplayStatus(":7", "xdummy", Size(1600, 900), 1.0, "/run/xauthority"),
    command="napari --reset",
)


@dataclass
class DeskClipboard:
    """A clipboard without an X server; `check` raises where there is no display."""

    check: Callable[[], object] = field(compare=False)
    offer: Offer = NOTHING
    limits: ContentLimits = field(default_factory=ContentLimits)
    serials: Iterator[int] = field(default_factory=lambda: count(1), compare=False)
    offers: Observers[[Offer]] = field(default_factory=Observers, compare=False)

    @property
    def text(self) -> str:
        return self.offer.content.text or ""

    @property
    def newest(self) -> int:
        return self.offer.serial

    def copy(self, content: Content, problem: str = "") -> None:
        """What an application does."""
        self.offer = Offer(self.next_serial(), content, problem)
        self.offers.call(self.offer)

    def next_serial(self) -> int:
        return next(self.serials)

    async def put(self, content: Content, serial: int | None = None) -> Offer:
        self.check()
        content.check(self.limits)
        serial = serial or self.next_serial()
        if serial < self.offer.serial:
            raise Superseded("something else was copied in the meantime")
        self.offer = Offer(serial, content)
        self.offers.call(self.offer)
        return self.offer

    def on_offer(self, handler: Callable[[Offer], None]) -> Callable[[], None]:
        return self.offers.add(handler)


@dataclass
class Desk:
    """A session without processes: keeps what it is told, within the limits of a real one."""

    status: SessionStatus = READY
    rfb_target: Path = Path("/nowhere/rfb.sock")
    restarts: int = 0
    largest: Size = Size(7680, 4320)
    changes: Observers[[]] = field(default_factory=Observers, compare=False)
    drops: list[tuple[int, int, Content]] = field(default_factory=list)
    result: DropResult = DropResult.ACCEPTED

    dragged_out: Observers[[Content]] = field(default_factory=Observers, compare=False)

    clipboard: DeskClipboard = field(init=False)

    def __post_init__(self) -> None:
        self.clipboard = DeskClipboard(self.display)

    def become(self, **changes: Any) -> None:
        self.status = replace(self.status, **changes)
        self.changes.call()

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        return self.changes.add(handler)

    def on_dragged_out(self, handler: Callable[[Content], None]) -> Callable[[], None]:
        return self.dragged_out.add(handler)

    async def resize(self, size: Size, scale: float | None = None) -> Size:
        display = self.display()
        size = size.clamped(self.largest)
        self.become(display=replace(display, size=size, scale=scale or display.scale))
        return size

    def expect_viewer(self) -> None:
        pass

    async def screenshot(self) -> bytes:
        self.display()
        return b"\x89PNG\r\n\x1a\n"

    async def restart_application(self) -> None:
        self.restarts += 1

    async def activate_window(self, window: int) -> None:
        self._find(window)
        windows = (replace(w, active=w.id == window) for w in self.status.windows)
        self.become(windows=tuple(windows))

    async def close_window(self, window: int) -> None:
        self._find(window)
        self.become(windows=tuple(w for w in self.status.windows if w.id != window))

    def _find(self, window: int) -> None:
        if window not in {w.id for w in self.status.windows}:
            raise NoSuchWindow

    async def drop(self, x: int, y: int, content: Content) -> DropResult:
        self.display()
        content.check(ContentLimits())
        self.drops.append((x, y, content))
        return self.result

    def display(self) -> DisplayStatus:
        if self.status.display is None:
            raise DisplayUnavailable("the display is not running")
        return self.status.display


def make_app(
    desk: Desk | None = None,
    viewers: Viewers | None = None,
    application: Application | None = None,
    **options: Any,
) -> Starlette:
    desk = desk or Desk()
    viewers = Viewers() if viewers is None else viewers
    application = application or make_application(desk)
    server = RelayServer(
        PixelPath.X11VNC, UnixTarget(desk.rfb_target), sizes=WantedSizes(desk.resize)
    )
    return create_app(make_options(**options), desk, application, viewers, server)


def make_application(desk: Desk, opening: Opening | None = None) -> Application:
    """The application of `desk`, which has no companion."""
    process = lambda: desk.status.application  # noqa: E731
    return Application(process, desk.restart_application, opening or Opening(Allowed()))


def make_options(**options: Any) -> HttpOptions:
    """Options with two tokens, no proxy in front and nobody let in from elsewhere."""
    usual: dict[str, Any] = {
        "version": "1.2.3",
        "base_url": "/",
        "auth": "token",
        "token": TOKEN,
        "view_token": VIEW_TOKEN,
        "frame_ancestors": ("'self'",),
        "allow_origin": (),
        "allowed_hosts": (),
        "trusted_proxies": (),
        "budgets": Budgets(dict.fromkeys(Budget, 1000)),
    }
    return HttpOptions(**{**usual, **options})


def client(
    app: ASGIApp, address: str = "192.0.2.7", url: str = "http://desk.test", **options: Any
) -> httpx.AsyncClient:
    """A client without a network in between; its own address is `address`."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 50000))
    return httpx.AsyncClient(transport=transport, base_url=url, **options)


def user(desk: Desk, viewers: Viewers | None = None, **headers: str) -> httpx.AsyncClient:
    """A client with full control."""
    return client(make_app(desk, viewers), headers={**BEARER, **headers})


async def ws_answer(url: str, **options: Any) -> Response:
    """What a WebSocket handshake is answered."""
    try:
        async with connect(url, **options) as websocket:
            assert websocket.response
            return websocket.response
    except InvalidStatus as refusal:
        return refusal.response


async def ws_status(url: str, **options: Any) -> int:
    """The status with which a WebSocket is refused, or 101."""
    return (await ws_answer(url, **options)).status_code


@asynccontextmanager
async def serving(app: ASGIApp, **options: Any) -> AsyncIterator[HttpServer]:
    """`app` on a free port of loopback."""
    server = HttpServer(app, bind_tcp("127.0.0.1", 0), **options)
    running = asyncio.create_task(server.serve())
    try:
        yield server
    finally:
        await server.stop()
        await running


async def opened(server: HttpServer) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = server.sockets[0].getsockname()
    return await asyncio.open_connection(host, port)


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Everything until the server closes the connection."""
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionResetError:
        return b""


async def exchange(server: HttpServer, request: bytes) -> bytes:
    reader, writer = await opened(server)
    writer.write(request)
    answer = await rest(reader)
    writer.close()
    return answer
