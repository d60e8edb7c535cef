"""An RFB server whose every byte a test chooses, behind the page of the built client."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from struct import pack
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from desktopd.http.options import STATIC
from desktopd.rfb.protocol.client_message_parser import ClientMessageParser
from desktopd.rfb.protocol.client_messages import ClientFence, SetEncodings
from desktopd.rfb.protocol.message import ClientMessage
from tests.daemon import until

RAW, COPYRECT, TIGHT, H264, DESKTOP_SIZE = 0, 1, 7, 50, -223
BASELINE_ONLY = 0x64643432
HALVED = 0x64646873
LIMITED_RANGE = 0x64646C72
RESET_CONTEXT = 1
FENCE_REQUEST = 1 << 31
PIXEL_FORMAT = pack(">BBBBHHHBBB3x", 32, 24, 0, 1, 255, 255, 255, 16, 8, 0)


def rectangle(x: int, y: int, width: int, height: int, encoding: int, data: bytes = b"") -> bytes:
    """One rectangle of an update."""
    return pack(">HHHHi", x, y, width, height, encoding) + data


def tight_jpeg(x: int, y: int, width: int, height: int, jpeg: bytes) -> bytes:
    """A rectangle with a JPEG file."""
    size = len(jpeg)
    length = bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14])
    return rectangle(x, y, width, height, TIGHT, b"\x90" + length + jpeg)


def tight_fill(x: int, y: int, width: int, height: int, rgb: tuple[int, int, int]) -> bytes:
    """A rectangle of one colour, without loss."""
    return rectangle(x, y, width, height, TIGHT, b"\x80" + bytes(rgb))


def h264(x: int, y: int, width: int, height: int, stream: bytes, flags: int = 0) -> bytes:
    """A rectangle with a piece of a video."""
    return rectangle(x, y, width, height, H264, pack(">II", len(stream), flags) + stream)


class Peer:
    """Serves one viewer after the other; the last one is spoken to."""

    def __init__(self, width: int, height: int, path: str = "native") -> None:
        self.size = (width, height)
        self.heard: list[ClientMessage] = []
        self.visits = 0
        self.facts: dict[str, Any] = {}
        """What it says of its session besides, or instead."""
        self.companion: dict[str, Any] | None = None
        """What it says of the application's companion, where it has one."""
        self._path = path
        self._socket: WebSocket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        app = Starlette(
            routes=[
                Route("/api/session", self._session),
                WebSocketRoute("/api/events", self._events),
                WebSocketRoute("/websockify", self._serve),
                Mount("/", StaticFiles(directory=STATIC, html=True)),
            ]
        )
        config = uvicorn.Config(app, port=0, log_level="warning", ws="websockets-sansio")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> Peer:
        self._thread.start()
        until(lambda: self._server.started, 20, "a server")
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.page = f"http://127.0.0.1:{port}/"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    def update(self, *rectangles: bytes) -> None:
        """Send one FramebufferUpdate."""
        self.send(pack(">BxH", 0, len(rectangles)) + b"".join(rectangles))

    def fence(self, name: bytes, *, waits: bool = True) -> None:
        """Ask for an answer, to all that has been sent or, unless it `waits`, to itself."""
        self.send(pack(">B3xIB", 248, FENCE_REQUEST | waits, len(name)) + name)

    def answered(self, name: bytes) -> bool:
        """Whether that fence has been answered."""
        return any(isinstance(m, ClientFence) and m.raw.endswith(name) for m in self.heard)

    def settle(self, name: bytes) -> None:
        """Wait until the page has drawn everything."""
        self.fence(name)
        until(lambda: self.answered(name), 20, f"an answer to fence {name!r}")

    def wanted(self) -> tuple[int, ...]:
        """The encodings of the viewer's last wish."""
        wishes = [m.encodings for m in self.heard if isinstance(m, SetEncodings)]
        return wishes[-1] if wishes else ()

    def send(self, data: bytes) -> None:
        """Send bytes to the viewer."""
        assert self._loop is not None, "no viewer"
        assert self._socket is not None, "no viewer"
        asyncio.run_coroutine_threadsafe(self._socket.send_bytes(data), self._loop).result(20)

    async def _session(self, _: Request) -> JSONResponse:
        return JSONResponse(self._facts())

    async def _events(self, socket: WebSocket) -> None:
        await socket.accept("events")
        await socket.send_json({"type": "session", "session": self._facts()})
        if self.companion is not None:
            application = {"capabilities": ["restart"], "companion": self.companion}
            frame = {"type": "application", "application": application, "layers": []}
            await socket.send_json(frame)
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await socket.receive_text()

    async def _serve(self, socket: WebSocket) -> None:
        await socket.accept("binary")
        await socket.send_bytes(b"RFB 003.008\n")
        hello = await socket.receive_bytes()
        await socket.send_bytes(b"\1\1")
        hello += await socket.receive_bytes()
        await socket.send_bytes(bytes(4))
        hello += await socket.receive_bytes()
        name = b"peer"
        await socket.send_bytes(
            pack(">HH", *self.size) + PIXEL_FORMAT + pack(">I", len(name)) + name
        )
        self.heard = []
        self._loop, self._socket = asyncio.get_running_loop(), socket
        self.visits += 1
        parser = ClientMessageParser()
        assert list(parser.feed(hello))
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                for message in parser.feed(await socket.receive_bytes()):
                    self.heard.append(message)
                    if isinstance(message, ClientFence) and message.flags & FENCE_REQUEST:
                        await socket.send_bytes(_answer(message))

    def _facts(self) -> dict[str, Any]:
        width, height = self.size
        return {
            "stage": "ready",
            "message": "ready",
            "role": "control",
            "version": "0",
            "services": [
                {"name": "rfb", "state": "running", "pid": 1, "restarts": 0, "error": None}
            ],
            "display": {"name": ":0", "backend": "xvfb", "width": width, "height": height},
            "viewers": [],
            "app": {
                "name": "peer",
                "command": "peer",
                "state": "running",
                "restarts": 0,
                "error": None,
            },
            "gpu": {"renderer": None, "name": None, "reason": None},
            "rfb": {"path": self._path, "baseline": True},
            **self.facts,
        }


def _answer(fence: ClientFence) -> bytes:
    flags = fence.flags & ~FENCE_REQUEST
    return pack(">B3xIB", 248, flags, len(fence.payload)) + fence.payload


@contextlib.contextmanager
def peer(width: int, height: int, path: str = "native") -> Iterator[Peer]:
    """A peer that is ready to be visited."""
    with Peer(width, height, path) as one:
        yield one
