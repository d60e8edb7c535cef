"""WebSocket ``/api/events``: the session and the clipboard as JSON text frames."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from desktopd.errors import DisplayUnavailable
from desktopd.http.access.access import Access
from desktopd.http.api.served_session import ServedSession
from desktopd.http.problems import Problem
from desktopd.limits import CLIPBOARD_LIMIT
from desktopd.rfb.viewers.viewer import Role
from desktopd.rfb.viewers.viewers import Viewers

INTERVAL = 0.1


class Events:
    """The endpoint; `describe` makes the session's JSON for a role."""

    def __init__(
        self, session: ServedSession, viewers: Viewers, describe: Callable[[Role], dict[str, Any]]
    ) -> None:
        self._session = session
        self._viewers = viewers
        self._describe = describe

    async def connect(self, websocket: WebSocket) -> None:
        """Serve one client until it leaves."""
        role = Access.of(websocket).role
        await websocket.accept()
        try:
            async with asyncio.TaskGroup() as group:
                sender = group.create_task(self._send(websocket, role))
                await self._receive(websocket, role)
                sender.cancel()
        except* WebSocketDisconnect:
            pass

    async def _send(self, websocket: WebSocket, role: Role) -> None:
        """Send the latest state, at most every `INTERVAL` seconds and only when it differs."""
        wake = asyncio.Event()
        copied: list[str] = []

        def on_clipboard(text: str) -> None:
            copied[:] = [text]
            wake.set()

        with ExitStack() as subscriptions:
            subscriptions.callback(self._session.on_change(wake.set))
            subscriptions.callback(self._viewers.on_change(wake.set))
            if role is Role.CONTROL:
                subscriptions.callback(self._session.on_clipboard(on_clipboard))
            sent = None
            wake.set()
            while True:
                await wake.wait()
                wake.clear()
                state = self._describe(role)
                if state != sent:
                    await websocket.send_json({"type": "session", "session": state})
                    sent = state
                while copied:
                    await websocket.send_json({"type": "clipboard", "text": copied.pop()})
                await asyncio.sleep(INTERVAL)

    async def _receive(self, websocket: WebSocket, role: Role) -> None:
        while (frame := await websocket.receive())["type"] == "websocket.receive":
            try:
                text = await self._act(frame.get("text"), role)
                # Whoever pastes waits for this before it sends the key.
                await websocket.send_json({"type": "clipboard", "text": text})
            except Problem as problem:
                await websocket.send_json({"type": "error", **problem.json()})

    async def _act(self, frame: str | None, role: Role) -> str:
        """Take the text that a frame brings, and return it; raises Problem."""
        text = _clipboard_text(frame)
        if role is not Role.CONTROL:
            raise Problem(403, "this token may only watch", "use the token for control")
        try:
            await self._session.set_clipboard(text)
        except ValueError as error:
            raise Problem(413, str(error), f"copy at most {CLIPBOARD_LIMIT} bytes") from None
        except DisplayUnavailable as error:
            raise Problem(503, error.error, error.remedy) from None
        return text


def _clipboard_text(frame: str | None) -> str:
    try:
        message = json.loads(frame or "")
        if message["type"] == "clipboard" and isinstance(message["text"], str):
            text: str = message["text"]
            return text.encode(errors="replace").decode()
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise Problem(
        400, "the frame is not understood", 'send {"type": "clipboard", "text": "…"} as text'
    )
