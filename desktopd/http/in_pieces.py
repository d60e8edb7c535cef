"""Answers that are sent as their clients take them: of what waits for one there is little.

test_pages tests it.
"""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PIECE = 16_384


class InPieces(Response):
    """A body that is there already, and that a thousand strangers may ask for and not take."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a piece whenever the one before is on its way."""
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        for begin in range(0, len(self.body), PIECE):
            piece = self.body[begin : begin + PIECE]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
