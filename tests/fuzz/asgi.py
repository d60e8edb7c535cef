"""One request to an ASGI application, with any path at all: httpx would correct it first."""

from __future__ import annotations

import asyncio
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Scope

from tests.unit.http.desktop import BEARER


async def asked(app: ASGIApp, method: str, target: str, body: bytes) -> tuple[int, bytes]:
    """Status and body of what the owner is answered; `target` is the quoted path."""
    headers = {"host": "desk.test", "x-desktopd": "1", "content-length": str(len(body)), **BEARER}
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(target),
        "raw_path": target.encode("ascii"),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
        "client": ("192.0.2.7", 50000),
        "server": ("desk.test", 80),
    }
    unsent: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        return unsent.pop() if unsent else await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)
