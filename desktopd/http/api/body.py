"""Request bodies, bounded in size and time."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from desktopd.http.problems import Problem

DEADLINE = 10.0


async def read_body(
    request: Request, limit: int, *, seconds: float | None = None, remedy: str | None = None
) -> bytes:
    """The whole body, at most `limit` bytes within `seconds`; raises Problem 400, 408 or 413.

    Without `seconds` it has DEADLINE; `remedy` is for a user whose body is longer.
    """
    seconds = seconds or DEADLINE
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    advice = remedy or f"send at most {limit} bytes"
                    error = f"the request is larger than {limit} bytes"
                    raise Problem(413, error, advice, _CLOSE)
    except TimeoutError:
        raise Problem(
            408, "the request was too slow", f"send it within {seconds:.0f} seconds", _CLOSE
        ) from None
    except ClientDisconnect:
        raise Problem(400, "the request ended early", "send it again") from None
    return bytes(body)


_CLOSE = {"Connection": "close"}
