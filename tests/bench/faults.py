"""The same faults for each of the servers that are compared: when there is a picture again.

    python -m tests.bench.faults --stack x11vnc,tigervnc,desktopd-native --runs 3

Prints a table. A viewer tries to connect again every 0.1 s, as a page would that does not give up.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from desktopd.geometry import Size
from tests.bench.all_stacks import STACKS
from tests.bench.rfb import Area, Hearing
from tests.bench.stacks import Served

SIZE = Size(1280, 720)
LONGEST = 30.0
"""Seconds after which nobody waits for a picture any more."""
AGAIN = 0.1
TRY_WITHIN = 2.0
APART = 1.0
"""Seconds between two viewers: Selkies sends away who comes within half a second of another one."""
IDLE = 200
GIVE_UP = 90.0
Fault = Callable[[Served, str], Awaitable[float]]
MOVES = "while :; do date +%s.%N; done"


class PartMissing(Exception):
    """The server has no such part of its own."""


def _pid(served: Served, stack: str, part: str) -> int:
    """The process that is the ``X server`` or the ``RFB server``; raises PartMissing."""
    if stack in ("tigervnc", "jupyter-remote-desktop-proxy"):
        return served.pids[0]
    if stack in ("x11vnc", "selkies"):
        return served.pids[("X server", "RFB server").index(part)]
    headers = {"Authorization": f"Bearer {served.token}"}
    answer = httpx.get(f"http://127.0.0.1:{served.port}/api/session", headers=headers)
    pids = {service["name"]: service["pid"] for service in answer.json()["services"]}
    if part == "X server":
        return int(pids["display"])
    if pids["rfb"] == pids["display"]:
        raise PartMissing
    return int(pids["rfb"])


def _connecting(served: Served, beside: str = "") -> connect:
    headers = {"Authorization": f"Bearer {served.token}"} if served.token else {}
    return connect(
        f"ws://127.0.0.1:{served.port}{served.websocket}{beside}",
        additional_headers=headers,
        subprotocols=["binary"],  # type: ignore[list-item]
        max_size=None,
        ping_interval=None,
    )


async def _watch(
    websocket: ClientConnection, served: Served, on_update: Callable[[], bool]
) -> None:
    """See the desktop until `on_update` is true of an update."""
    hearing: Any = Hearing(Area(0, 0, *(SIZE.width, SIZE.height)))
    if served.hearing is not None:
        hearing = served.hearing(SIZE)
        await websocket.send(hearing.greeting)
        await websocket.send(hearing.greedy)
    seen = 0
    async for frame in websocket:
        if answers := hearing.feed(frame):
            await websocket.send(answers)
        if hearing.updates > seen:
            seen = hearing.updates
            if on_update():
                return


async def picture(served: Served) -> float:
    """Seconds until a new viewer has a picture; infinite after LONGEST."""
    began = time.monotonic()
    while time.monotonic() - began < LONGEST:
        with suppress(OSError, WebSocketException, TimeoutError, ValueError):
            async with asyncio.timeout(TRY_WITHIN):
                websocket = await _connecting(served)
                try:
                    await _watch(websocket, served, lambda: True)
                finally:
                    websocket.transport.abort()
                return time.monotonic() - began
        await asyncio.sleep(AGAIN)
    return float("inf")


async def signalled(served: Served, stack: str, part: str, number: signal.Signals) -> float:
    """Until there is a picture after a signal to a part."""
    pid = _pid(served, stack, part)
    os.kill(pid, number)
    await asyncio.sleep(AGAIN)
    try:
        return await picture(served)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


async def stalled_viewer(served: Served, seconds: float) -> float:
    """The longest wait of a viewer for an update while another one asks for much and reads none.

    That one does so for so many `seconds`.
    """
    moving = await asyncio.create_subprocess_exec(
        *("xterm", "-geometry", "200x50", "-e", "sh", "-c", MOVES), env=dict(served.environment)
    )
    times: list[float] = []

    def note() -> bool:
        times.append(time.monotonic())
        return False

    try:
        watching = await _connecting(served)
        task = asyncio.create_task(_watch(watching, served, note))
        while len(times) < 10:
            await asyncio.sleep(AGAIN)
        await asyncio.sleep(APART)
        async with _connecting(served, served.beside) as greedy:
            await _watch(greedy, served, lambda: True)
            greedy.transport.pause_reading()
            times[:] = [time.monotonic()]
            with suppress(WebSocketException, OSError):
                await _ask_for_500(greedy, served)
            await asyncio.sleep(seconds)
            greedy.transport.abort()
        times.append(time.monotonic())
        task.cancel()
        watching.transport.abort()
        await asyncio.gather(task, return_exceptions=True)
        return max(later - earlier for earlier, later in pairwise(times))
    finally:
        moving.terminate()
        await moving.wait()


async def _ask_for_500(greedy: ClientConnection, served: Served) -> None:
    if served.hearing is None:
        whole = b"\x03\x00" + bytes(4) + SIZE.width.to_bytes(2) + SIZE.height.to_bytes(2)
        await greedy.send(whole * 500)
        return
    for _ in range(500):
        await greedy.send(served.hearing(SIZE).greedy)


async def idle_connections(served: Served) -> float:
    """Until a new viewer has a picture beside very many connections that say nothing."""
    held = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(IDLE)]
    try:
        return await picture(served)
    finally:
        for _, writer in held:
            writer.close()


def _faults(seconds: float) -> dict[str, Fault]:
    """What is done to a server of a name; a viewer stalls for so many `seconds`."""
    return {
        "X server killed (SIGKILL)": lambda s, k: signalled(s, k, "X server", signal.SIGKILL),
        "RFB server killed (SIGKILL)": lambda s, k: signalled(s, k, "RFB server", signal.SIGKILL),
        "RFB server stopped (SIGSTOP)": lambda s, k: signalled(s, k, "RFB server", signal.SIGSTOP),
        "another viewer asks and reads nothing": lambda s, _: stalled_viewer(s, seconds),
        f"{IDLE} idle connections": lambda s, _: idle_connections(s),
    }


async def _tried(served: Served, stack: str, fault: Fault) -> float | None:
    """How long it took; None where the server has no such part, infinite after GIVE_UP."""
    assert await picture(served) < LONGEST, f"{stack} shows nothing"
    await asyncio.sleep(APART)
    try:
        async with asyncio.timeout(GIVE_UP):
            return await fault(served, stack)
    except PartMissing:
        return None
    except TimeoutError:
        return float("inf")


def measure(stack: str, fault: Fault, runs: int) -> str:
    """The median of some runs, as a cell of the table."""
    found = []
    for _ in range(runs):
        with STACKS[stack](SIZE) as served:
            found.append(asyncio.run(_tried(served, stack, fault)))
    times = [seconds for seconds in found if seconds is not None]
    if not times:
        return "none"
    middle = statistics.median(times)
    return "never" if middle > LONGEST else f"{middle:.2f} s"


def main(arguments: Sequence[str]) -> None:
    """Print a line for each fault, a column for each server."""
    options = argparse.ArgumentParser("python -m tests.bench.faults", description=__doc__)
    options.add_argument("--stack", default="x11vnc,tigervnc,desktopd-native,desktopd-x11vnc")
    options.add_argument("--runs", type=int, default=1, help="of each fault with each server [1]")
    options.add_argument("--seconds", type=float, default=30, help="a viewer stalls [30]")
    asked = options.parse_args(arguments)
    stacks = asked.stack.split(",")
    print(f"| fault | {' | '.join(stacks)} |\n|{' --- |' * (len(stacks) + 1)}")
    for name, fault in _faults(asked.seconds).items():
        cells = [measure(stack, fault, asked.runs) for stack in stacks]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
