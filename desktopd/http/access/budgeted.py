"""Routes of which only so many requests, or WebSockets of watchers, are served at one moment."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktopd.budgets import LASTING, OF_OTHERS, Displaced, Share
from desktopd.http.access.access import Access
from desktopd.http.problems import Refusal
from desktopd.http.serving.proxy import client_address
from desktopd.http.serving.request_connection import break_off
from desktopd.rfb.viewers.viewer import Role


class Budgeted:
    """Holds a place of `share` while `app` serves a client, until that has all of the answer.

    Whoever has control needs none of those that are `OF_OTHERS`, but one that lasts where he came
    by a link: that may be any number of people. Raises Refusal 429, for WebSockets 503.
    """

    def __init__(self, app: ASGIApp, share: Share) -> None:
        self._app = app
        self._share = share

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the client once it has a place, for as long as it keeps that."""
        access = Access.of(HTTPConnection(scope))
        owner = access.role is Role.CONTROL
        needs_none = access.owner if self._share.budget in LASTING else owner
        if needs_none and self._share.budget in OF_OTHERS:
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        try:
            async with self._share.place(client_address(scope), owner=owner):
                await self._app(scope, receive, answer.send)
        except Displaced as displaced:
            if answer.begun:
                await _hang_up(scope, send)
                return
            status = 503 if scope["type"] == "websocket" else 429
            remedy = f"try again in a moment, or raise most_{displaced.budget}"
            raise Refusal(status, str(displaced), remedy, {"Retry-After": "1"}) from None


class _Answer:
    """What is sent, with an empty end behind it: that is taken once the client has the rest."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def send(self, message: Message) -> None:
        """Send one message of ASGI."""
        self.begun = True
        if message["type"] != "http.response.body" or message.get("more_body"):
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})


async def _hang_up(scope: Scope, send: Send) -> None:
    """End a WebSocket, or an answer that has begun."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1013, "reason": "too many watchers"})
    else:
        break_off(scope)
