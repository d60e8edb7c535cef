"""What users do to a desktop, over and over: they come and go, resize, copy and upload."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import cycle
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.daemon import Daemon
from tests.rfb_viewer import LOSSLESS, PHOTOS, VIDEO, RfbViewer

SIZES = ((1280, 720), (1600, 900), (1024, 768), (1920, 1080))
UPLOAD = 4 * 1024 * 1024
TEXT = {"Content-Type": "text/plain;charset=utf-8"}
PAUSE = 2.0
"""Seconds between two copies, and between two uploads."""


class Load:
    """Viewers, copies and uploads of one desktop, until cancelled; counts what it has done."""

    def __init__(self, desktop: Daemon, viewers: int, visit: float) -> None:
        """So many `viewers` at one moment, for `visit` seconds each."""
        self.visits = self.pastes = self.uploads = self.resizes = 0
        self._desktop = desktop
        self._viewers = viewers
        self._visit = visit
        self._going = asyncio.Event()
        self._going.set()
        self._busy = 0

    async def rest(self, seconds: float) -> None:
        """Let nobody in until `go_on`; returns so many seconds after the last one has left.

        The screen has the first of the sizes then: each process holds a picture of its size.
        """
        self._going.clear()
        while self._busy:
            await asyncio.sleep(0.1)
        width, height = SIZES[0]
        await self._ask("PUT", "/api/display", json={"width": width, "height": height})
        await asyncio.sleep(seconds)

    def go_on(self) -> None:
        """Let them in again."""
        self._going.set()

    @asynccontextmanager
    async def _let_in(self) -> AsyncIterator[None]:
        await self._going.wait()
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1

    async def run(self) -> None:
        """Go on until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for encodings, _ in zip(cycle((VIDEO, PHOTOS, LOSSLESS)), range(self._viewers)):
                tasks.create_task(self._come_and_go(encodings))
            tasks.create_task(self._copy())
            tasks.create_task(self._upload())

    async def _come_and_go(self, encodings: tuple[int, ...]) -> None:
        address = self._desktop.base.replace("http", "ws", 1) + "/websockify"
        headers = {"Authorization": f"Bearer {self._desktop.token}"}
        while True:
            async with (
                self._let_in(),
                connect(
                    address, additional_headers=headers, subprotocols=["binary"], max_size=None
                ) as websocket,
            ):
                self.visits += 1
                await self._watch(websocket, encodings)

    async def _watch(self, websocket: ClientConnection, encodings: tuple[int, ...]) -> None:
        writer = WebSocketWriter(websocket)
        reader = asyncio.StreamReader()
        viewer = RfbViewer(reader, writer, encodings)  # type: ignore[arg-type]
        viewer.decodes_video = False
        try:
            async with asyncio.timeout(self._visit), asyncio.TaskGroup() as tasks:
                tasks.create_task(viewer.run())
                tasks.create_task(writer.run())
                tasks.create_task(self._act(viewer))
                with suppress(ConnectionClosed):
                    async for frame in websocket:
                        reader.feed_data(frame if isinstance(frame, bytes) else frame.encode())
                raise AssertionError(f"a viewer was sent away: {websocket.close_reason!r}")
        except TimeoutError:
            pass

    async def _act(self, viewer: RfbViewer) -> None:
        while True:
            await asyncio.sleep(random.uniform(0.2, 0.6) * self._visit)
            if not viewer.updates:  # it has not been let in yet
                continue
            width, height = random.choice(SIZES)
            viewer.pointer(random.randrange(width), random.randrange(height), 0)
            viewer.resize(width, height)
            self.resizes += 1

    async def _copy(self) -> None:
        while True:
            text = f"{self.pastes} grün 細胞\n" * 2000
            async with self._let_in():
                await self._ask("PUT", "/api/clipboard", content=text.encode(), headers=TEXT)
            self.pastes += 1
            await asyncio.sleep(PAUSE)

    async def _upload(self) -> None:
        while True:
            path = f"/api/files/soak-{self.uploads % 3}.bin"
            async with self._let_in():
                await self._ask("PUT", path, content=os.urandom(UPLOAD))
                await self._ask("DELETE", path)
            self.uploads += 1
            await asyncio.sleep(PAUSE)

    async def _ask(self, method: str, path: str, **body: Any) -> None:
        answer = await asyncio.to_thread(self._desktop.request, method, path, **body)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"


class WebSocketWriter:
    """What an RfbViewer writes to, as frames of a WebSocket."""

    def __init__(self, websocket: ClientConnection) -> None:
        self._websocket = websocket
        self._said: asyncio.Queue[bytes] = asyncio.Queue()

    def write(self, data: bytes) -> None:
        """Send `data` as soon as possible."""
        self._said.put_nowait(data)

    def is_closing(self) -> bool:
        """Whether nothing more can be said; never, as `run` is cancelled then."""
        return False

    async def run(self) -> None:
        """Send until the connection ends."""
        with suppress(ConnectionClosed):
            while True:
                await self._websocket.send(await self._said.get())
