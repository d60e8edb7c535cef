"""How a WebSocket is closed whose client may not listen any more.

Tested by tests/unit/http/api/test_websockify.py.
"""

from __future__ import annotations

import asyncio
import logging

from starlette.websockets import WebSocket, WebSocketDisconnect

log = logging.getLogger(__name__)

CLOSE_DEADLINE = 1.0


async def close(websocket: WebSocket, code: int, reason: str) -> None:
    """Close with a code of RFC 6455 section 7.4; within CLOSE_DEADLINE."""
    try:
        async with asyncio.timeout(CLOSE_DEADLINE):
            await websocket.close(code, reason)
    except (WebSocketDisconnect, RuntimeError, TimeoutError) as error:
        log.debug("the viewer did not take the close: %r", error)
