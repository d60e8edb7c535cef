"""Viewers besides the one in the browser, all in one process and without pictures.

    python -m tests.bench.viewers COUNT WEBSOCKET-URL TOKEN SIZE     (TOKEN may be empty)

Greets once each has seen the desktop; for each line on stdin it tells the counts of each so far:
``{"frames": […], "updates": […], "bytes": […]}``. Frames are updates that touch the number in the
lower right corner.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from typing import Any

from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.typing import Origin
from websockets.uri import parse_uri

from desktopd.geometry import Size
from tests.bench import barcode
from tests.bench.child import answer
from tests.bench.rfb import Area, Hearing

WITHIN = 30.0  # seconds for all to see the desktop
PACE = 0.02  # seconds between two that come


class Viewer(asyncio.Protocol):
    """One connection: bytes, WebSocket frames, RFB."""

    def __init__(self, url: str, token: str, size: Size) -> None:
        uri = parse_uri(url)
        left, top = size.width - barcode.WIDTH, size.height - barcode.HEIGHT
        self.hearing = Hearing(Area(left, top, barcode.WIDTH, barcode.HEIGHT))
        self.received = 0
        self.seen = asyncio.get_running_loop().create_future()
        self.lost = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport
        origin = Origin(f"http://{uri.host}:{uri.port}")
        self._protocol = ClientProtocol(uri, origin=origin, max_size=None)
        self._token = token

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        request = self._protocol.connect()
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        self._protocol.send_request(request)
        self._send()

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        self._protocol.receive_data(data)
        try:
            for happened in self._protocol.events_received():
                if isinstance(happened, Frame):
                    self._hear(happened)
        except ValueError as error:
            self._end(error)
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        reason = self._protocol.handshake_exc or error or self._protocol.close_reason
        self._end(ConnectionError(f"a viewer lost its connection: {reason}"))

    def _hear(self, frame: Frame) -> None:
        if not frame.opcode.name.startswith(("BINARY", "CONT")):
            return
        if answers := self.hearing.feed(bytes(frame.data)):
            self._protocol.send_binary(answers)
        if self.hearing.updates and not self.seen.done():
            self.seen.set_result(None)

    def _send(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)

    def _end(self, error: Exception) -> None:
        if not self.lost.done():
            self.lost.set_exception(error)
        self._transport.abort()


async def main(count: int, url: str, token: str, size: Size) -> None:
    loop = asyncio.get_running_loop()
    uri = parse_uri(url)
    viewers = [Viewer(url, token, size) for _ in range(count)]
    for viewer in viewers:
        await loop.create_connection(partial(_itself, viewer), uri.host, uri.port)
        await asyncio.sleep(PACE)
    lost = [viewer.lost for viewer in viewers]
    async with asyncio.timeout(WITHIN):
        await _first(lost, asyncio.gather(*(viewer.seen for viewer in viewers)))

    def counts() -> dict[str, list[int]]:
        return {
            "frames": [viewer.hearing.frames for viewer in viewers],
            "updates": [viewer.hearing.updates for viewer in viewers],
            "bytes": [viewer.received for viewer in viewers],
        }

    await _first(lost, asyncio.ensure_future(answer({"viewers": count}, counts)))


def _itself(viewer: Viewer) -> Viewer:
    return viewer


async def _first(lost: list[asyncio.Future[None]], work: asyncio.Future[Any]) -> None:
    """Wait for `work`; raises what became of a viewer that was lost."""
    done, _ = await asyncio.wait([*lost, work], return_when=asyncio.FIRST_COMPLETED)
    for ended in done:
        ended.result()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3], Size.parse(sys.argv[4])))
