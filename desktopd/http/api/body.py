"""Request bodies, bounded in size and time."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from desktopd.http.problems import Problem

DEADLINE = 10.0


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, at most `limit` bytes within 10 s; raises Problem 400, 408 or 413."""
    body = bytearray()
    try:
        async with asyncio.timeout(DEADLINE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise Problem(
                        413, "the request is too large", f"send at most {limit} bytes", _CLOSE
                    )
    except TimeoutError:
        raise Problem(
            408, "the request was too slow", f"send it within {DEADLINE:.0f} seconds", _CLOSE
        ) from None
    except ClientDisconnect:
        raise Problem(400, "the request ended early", "send it again") from None
    return bytes(body)


_CLOSE = {"Connection": "close"}
