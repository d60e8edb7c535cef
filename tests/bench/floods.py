"""What watchers who send as fast as they can cost the one who has control.

    python -m tests.bench.floods --watchers 4 --seconds 30 --floods none,screenshots

Prints, in ms, the answers of ``/api/session`` and the times from a key to its pixel, of xterm and
RFB without a browser, p50 and p95 each, and what the daemon holds afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from struct import pack

import httpx
import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from desktopd.rfb.protocol.encodings import Encoding
from tests.bench.measure import percentile
from tests.daemon import Daemon, daemons, short_folder

WIDTH, HEIGHT = 1280, 720
WATCHER = "watcher" * 6
BEGUN = 1.5  # seconds after which a flood flows
STILL = 0.15  # seconds without an update after which the last key has been drawn
LOST = 5.0  # seconds after which a key's pixel is not waited for
FRAME = 2 << 20  # bytes: the largest frame of a WebSocket that is taken


def encodings(*numbers: int) -> bytes:
    """SetEncodings, RFC 6143 section 7.5.2."""
    return pack(f">BxH{len(numbers)}i", 2, len(numbers), *numbers)


def pixel_format(bits: int, depth: int, true_colour: int) -> bytes:
    """SetPixelFormat, RFC 6143 section 7.5.1."""
    return pack(">B3x4B3H3B3x", 0, bits, depth, 0, true_colour, 255, 255, 255, 16, 8, 0)


def asked(width: int, height: int, *, incremental: bool) -> bytes:
    """FramebufferUpdateRequest, RFC 6143 section 7.5.3."""
    return pack(">BB4H", 3, incremental, 0, 0, width, height)


def filled(message: bytes) -> bytes:
    """A frame as large as may be, of one message again and again."""
    return message * (FRAME // len(message))


@dataclass(frozen=True, slots=True)
class Messages:
    """Frames of a WebSocket; `begun` is sent before them, `pause` seconds lie between them."""

    begun: bytes
    frame: bytes
    pause: float = 0.0

    async def send(self, address: str) -> None:
        """Send them, and read what comes."""
        async with opened(address, WATCHER) as websocket:
            await begin(websocket)
            await websocket.send(self.begun)
            reading = asyncio.create_task(_drain(websocket))
            while not reading.done():
                await websocket.send(self.frame)
                await asyncio.sleep(self.pause)


@dataclass(frozen=True, slots=True)
class Requests:
    """GET requests of one path, each as soon as the last one was answered."""

    path: str

    async def send(self, address: str) -> None:
        """Send them."""
        async with httpx.AsyncClient(headers=_bearer(WATCHER), timeout=60) as client:
            while True:
                await client.get(address + self.path)


_TIGHT = encodings(Encoding.TIGHT, Encoding.RAW)
_WHOLE = asked(7680, 4320, incremental=False) * 2000
FLOODS: dict[str, Messages | Requests | None] = {
    "none": None,
    "encodings": Messages(_TIGHT, filled(encodings(7, 0, -314) + encodings(0, 7))),
    "formats": Messages(_TIGHT, filled(pixel_format(8, 8, 0) + pixel_format(32, 24, 1))),
    "pictures": Messages(_TIGHT, _WHOLE, 0.01),
    "raw pictures": Messages(encodings(Encoding.RAW), _WHOLE, 0.01),
    "small frames": Messages(_TIGHT, asked(10, 10, incremental=True)),
    "screenshots": Requests("/api/screenshot"),
    "clipboard": Requests("/api/clipboard"),
}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def opened(address: str, token: str) -> connect:
    """A WebSocket to the desktop, not yet connected."""
    return connect(
        address.replace("http", "ws", 1) + "/websockify",
        additional_headers=_bearer(token),
        subprotocols=["binary"],  # type: ignore[list-item]
        max_size=None,
        compression=None,
    )


async def begin(websocket: ClientConnection) -> None:
    """RFB's first messages, RFC 6143 section 7.1 to 7.3, of which each has a frame."""
    await websocket.recv()
    await websocket.send(b"RFB 003.008\n")
    await websocket.recv()
    await websocket.send(b"\x01")
    await websocket.recv()
    await websocket.send(b"\x01")
    await websocket.recv()


async def _drain(websocket: ClientConnection) -> None:
    with suppress(WebSocketException):
        async for _ in websocket:
            pass


def flood(kind: str, address: str, watchers: int) -> None:
    """So many watchers who flood, in a process of their own. Who is turned away comes back."""

    async def again(send: Callable[[str], Awaitable[None]]) -> None:
        while True:
            with suppress(WebSocketException, httpx.HTTPError, OSError):
                await send(address)
            await asyncio.sleep(0.05)

    async def all_of_them() -> None:
        sent = FLOODS[kind]
        assert sent is not None
        await asyncio.gather(*(again(sent.send) for _ in range(watchers)))

    asyncio.run(all_of_them())


async def answers(desktop: Daemon, seconds: float) -> list[float]:
    """Ms that each request of whoever has control took."""
    found = []
    async with httpx.AsyncClient(headers=_bearer(desktop.token), timeout=60) as client:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            start = time.perf_counter()
            (await client.get(desktop.base + "/api/session")).raise_for_status()
            found.append((time.perf_counter() - start) * 1000)
            await asyncio.sleep(0.05)
    return found


async def keys(desktop: Daemon, seconds: float) -> list[float]:
    """Ms from each key to the update that shows it."""
    found = []
    whole = asked(WIDTH, HEIGHT, incremental=True)
    async with opened(desktop.base, desktop.token) as websocket:
        await begin(websocket)
        end = time.monotonic() + seconds
        await websocket.send(_TIGHT + asked(WIDTH, HEIGHT, incremental=False))
        await websocket.send(b"".join(pack(">BBHH", 5, mask, 300, 300) for mask in (0, 1, 0)))
        for key in cycle(b"abcdefghijklmnopqrstuvwxyz"):
            if time.monotonic() > end:
                return found
            with suppress(TimeoutError):
                while True:
                    await asyncio.wait_for(websocket.recv(), STILL)
                    await websocket.send(whole)
            start = time.perf_counter()
            await websocket.send(b"".join(pack(">BBxxI", 4, down, key) for down in (1, 0)))
            with suppress(TimeoutError):
                await asyncio.wait_for(websocket.recv(), LOST)
            await websocket.send(whole)
            found.append((time.perf_counter() - start) * 1000)
    return found


async def _measured(desktop: Daemon, seconds: float) -> list[list[float]]:
    return await asyncio.gather(answers(desktop, seconds), keys(desktop, seconds))


def measure(desktop: Daemon, kind: str, watchers: int, seconds: float) -> str:
    """A line of the table."""
    arguments = (kind, desktop.base, watchers)
    flooding = multiprocessing.get_context("spawn").Process(target=flood, args=arguments)
    if FLOODS[kind] is not None:
        flooding.start()
        time.sleep(BEGUN)
    try:
        measured = asyncio.run(_measured(desktop, seconds))
    finally:
        if FLOODS[kind] is not None:
            flooding.kill()
            flooding.join()
    times = [f"{percentile(of, 50):.0f}, {percentile(of, 95):.0f}" for of in measured]
    held = psutil.Process(desktop.process.pid).memory_info().rss / 1e6
    return f"| {kind} | {times[0]} | {times[1]} | {held:.0f} |"


def main(arguments: Sequence[str]) -> None:
    """Print a line for each flood."""
    options = argparse.ArgumentParser("python -m tests.bench.floods", description=__doc__)
    options.add_argument("--watchers", type=int, default=4, help="who flood [4]")
    options.add_argument("--seconds", type=float, default=20, help="of each flood [20]")
    options.add_argument("--floods", default=",".join(FLOODS), help="[all]")
    asked_for = options.parse_args(arguments)
    print("| flood | answer, ms | key to pixel, ms | daemon, MB |\n| --- | --- | --- | --- |")
    with short_folder() as folder, daemons(folder) as start:
        desktop = start(app="xterm", size=f"{WIDTH}x{HEIGHT}", view_token=WATCHER)
        desktop.ready()
        for kind in asked_for.floods.split(","):
            line = measure(desktop, kind, asked_for.watchers, asked_for.seconds)
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
