"""WebSocket ``/api/events``: session, application and clipboard as JSON text frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from desktopd import audit
from desktopd.applications.application import NOTHING, Application
from desktopd.data_policy import Copies
from desktopd.errors import DisplayUnavailable
from desktopd.files.sharing import SharedFiles
from desktopd.http.access.access import Access
from desktopd.http.api.application_json import event_json
from desktopd.http.api.clipboard import account, put_content, require_into
from desktopd.http.api.clipboard_frames import (
    frame_content,
    offer_frames,
    standing_frame,
)
from desktopd.http.api.file_frames import FileFrames
from desktopd.http.api.offered_downloads import OfferedDownloads
from desktopd.http.api.served_session import ServedSession
from desktopd.http.problems import Problem
from desktopd.rfb.viewers.viewer import Role
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.x11.selections.clipboard import Offer

INTERVAL = 0.1


class Events:
    """The endpoint; `describe` makes the session's JSON for a role."""

    def __init__(
        self,
        session: ServedSession,
        application: Application,
        viewers: Viewers,
        describe: Callable[[Role], dict[str, Any]],
        files: SharedFiles | None,
        copies: Copies,
    ) -> None:
        self._copies = copies
        self._session = session
        self._application = application
        self._viewers = viewers
        self._describe = describe
        self._files = files

    async def connect(self, websocket: WebSocket) -> None:
        """Serve one client until it leaves."""
        role = Access.of(websocket).role
        files = FileFrames(self._files, websocket)
        downloads = OfferedDownloads(self._files, websocket)
        # A browser that has offered protocols hangs up when none of them is taken.
        await websocket.accept("events" if "events" in websocket.scope["subprotocols"] else None)
        try:
            async with asyncio.TaskGroup() as group:
                sender = group.create_task(self._send(websocket, role, files, downloads))
                await self._receive(websocket, role)
                sender.cancel()
        except* WebSocketDisconnect:
            pass

    async def _send(
        self, websocket: WebSocket, role: Role, files: FileFrames, downloads: OfferedDownloads
    ) -> None:
        """Send the latest state, at most every `INTERVAL` seconds and only when it differs."""
        wake = asyncio.Event()
        copied: list[dict[str, Any]] = []

        def on_offer(offer: Offer) -> None:
            account(audit.Event.COPIED_OUT, websocket, offer.content)
            copied[:] = offer_frames(offer)
            wake.set()

        with ExitStack() as subscriptions:
            subscriptions.callback(self._session.on_change(wake.set))
            subscriptions.callback(self._viewers.on_change(wake.set))
            subscriptions.callback(self._application.on_change(wake.set))
            if role is Role.CONTROL:
                self._session.expect_viewer()
                if self._copies.out:
                    subscriptions.callback(self._session.clipboard.on_offer(on_offer))
                    copied.append(standing_frame(self._session.clipboard.offer))
                downloads.subscribe(self._session, wake.set, subscriptions)
            files.subscribe(wake.set, subscriptions)
            sent, told = None, event_json(NOTHING, role)
            wake.set()
            while True:
                await wake.wait()
                wake.clear()
                state = self._describe(role)
                if state != sent:
                    await websocket.send_json({"type": "session", "session": state})
                    sent = state
                if frame := files.take():
                    await websocket.send_json(frame)
                application = event_json(self._application.status, role)
                if application != told:
                    await websocket.send_json({"type": "application", **application})
                    told = application
                while copied:
                    await websocket.send_json(copied.pop(0))
                if download := await downloads.take():
                    await websocket.send_json(download)
                await asyncio.sleep(INTERVAL)

    async def _receive(self, websocket: WebSocket, role: Role) -> None:
        while (frame := await websocket.receive())["type"] == "websocket.receive":
            try:
                # Whoever pastes waits for the news of this change before it sends the key.
                await self._act(websocket, frame.get("text"), role)
            except Problem as problem:
                await websocket.send_json({"type": "error", **problem.json()})

    async def _act(self, websocket: WebSocket, frame: str | None, role: Role) -> None:
        """Take what a frame brings to be pasted; raises Problem."""
        content = frame_content(frame)
        if role is not Role.CONTROL:
            raise Problem(403, "this token may only watch", "use the token for control")
        require_into(self._copies)
        account(audit.Event.COPIED_IN, websocket, content)
        try:
            await put_content(self._session.clipboard, content)
        except DisplayUnavailable as error:
            raise Problem(503, error.error, error.remedy) from None
