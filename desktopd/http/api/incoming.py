"""Request bodies of any length, piece by piece, for whoever writes them somewhere.

Tested by tests/unit/http/api/test_files.py and test_uploads.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request

from desktopd.http.problems import Problem

PIECE = 1_048_576
PATIENCE = 30.0
"""Seconds without a byte after which a body is given up."""


class Incoming:
    """The body of `request`; `interrupt` gives it up at once.

    `came`: how many bytes of it `pieces` has given.
    """

    def __init__(self, request: Request) -> None:
        self.came = 0
        self._request = request
        self._interrupted = False
        self._waiting: asyncio.Timeout | None = None

    def interrupt(self) -> None:
        """Another request takes the place of this one, whose client may be long gone."""
        self._interrupted = True
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(asyncio.get_running_loop().time())

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, in pieces of 1 MiB and more; what came before its early end comes too.

        Raises Problem 400 at an early end, 408 when nothing came for 30 s, 423 if interrupted.
        """
        held, problem = bytearray(), None
        try:
            async for data in self._stream():
                held += data
                if len(held) >= PIECE:
                    yield self._counted(held)
                    held.clear()
        except ClientDisconnect:
            problem = Problem(400, "the body ended early", "go on where it ended, or send it again")
        except TimeoutError:
            problem = self._timed_out()
        if held:
            yield self._counted(held)
        if problem is not None:
            raise problem

    def _counted(self, held: bytearray) -> bytes:
        self.came += len(held)
        return bytes(held)

    async def _stream(self) -> AsyncIterator[bytes]:
        stream = self._request.stream()
        while not self._interrupted:
            async with asyncio.timeout(PATIENCE) as self._waiting:
                try:
                    data = await anext(stream)
                except StopAsyncIteration:
                    return
                finally:
                    self._waiting = None
            yield data
        raise TimeoutError

    def _timed_out(self) -> Problem:
        if self._interrupted:
            return Problem(423, "another request goes on with this upload", "leave it to that one")
        return Problem(
            408, "nothing came any more", f"send something at least every {PATIENCE:.0f} seconds"
        )
