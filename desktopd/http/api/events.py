"""WebSocket ``/api/events``: session, application and clipboard as JSON text frames."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket, WebSocketDisconnect

from desktopd import audit
from desktopd.applications.application import NOTHING, Application
from desktopd.data_policy import Copies
from desktopd.errors import DisplayUnavailable
from desktopd.files.sharing import SharedFiles
from desktopd.http.access.access import Access
from desktopd.http.access.departures import Departures
from desktopd.http.access.visitor import check_acts, visitor_of
from desktopd.http.api.application_json import event_json
from desktopd.http.api.clipboard import account, put_content, require_into
from desktopd.http.api.clipboard_frames import (
    frame_content,
    offer_frames,
    standing_frame,
)
from desktopd.http.api.closing import close
from desktopd.http.api.file_frames import FileFrames
from desktopd.http.api.offered_downloads import OfferedDownloads
from desktopd.http.api.people_frames import PeopleFrames
from desktopd.http.api.served_session import ServedSession
from desktopd.http.problems import Problem, note_refusal
from desktopd.rfb.viewers.viewer import Role
from desktopd.rfb.viewers.viewers import Viewers
from desktopd.rfb.viewers.work_share import WorkShare
from desktopd.tasks import race
from desktopd.x11.selections.clipboard import Offer
from desktopd.x11.selections.content import Content

INTERVAL = 0.1
WATCHER_FRAME = 4096
"""Characters of a frame of a client that may only watch."""


@dataclass(slots=True)
class _Client:
    """One client of the events: its connection, what it may do, and what it is told."""

    websocket: WebSocket
    role: Role
    files: FileFrames
    downloads: OfferedDownloads
    people: PeopleFrames


class Events:
    """The endpoint; `describe` makes the session's JSON for a role, `offers` as PeopleFrames."""

    def __init__(
        self,
        session: ServedSession,
        application: Application,
        viewers: Viewers,
        describe: Callable[[HTTPConnection], dict[str, Any]],
        files: SharedFiles | None,
        departures: Departures,
        offers: Callable[[HTTPConnection], dict[str, bool]],
        copies: Copies,
    ) -> None:
        self._copies = copies
        self._session = session
        self._application = application
        self._viewers = viewers
        self._describe = describe
        self._files = files
        self._departures = departures
        self._offers = offers

    async def connect(self, websocket: WebSocket) -> None:
        """Serve one client until it leaves, or has to."""
        access = Access.of(websocket)
        client = _Client(
            websocket,
            access.role,
            FileFrames(self._files, websocket),
            OfferedDownloads(self._files, websocket),
            PeopleFrames(self._viewers.people, websocket, self._offers(websocket)),
        )
        # A browser that has offered protocols hangs up when none of them is taken.
        await websocket.accept("events" if "events" in websocket.scope["subprotocols"] else None)
        ending = await race(self._serve(client), self._departures.of(access, visitor_of(websocket)))
        if ending is not None:
            await close(websocket, 1008, ending.cause)

    async def _serve(self, client: _Client) -> None:
        """Serve a client until it leaves."""
        try:
            async with asyncio.TaskGroup() as group:
                senders = (
                    group.create_task(self._send(client)),
                    group.create_task(client.people.send_pointers()),
                )
                await self._receive(client)
                for sender in senders:
                    sender.cancel()
        except* WebSocketDisconnect:
            pass

    async def _send(self, client: _Client) -> None:
        """Send the latest state, at most every `INTERVAL` seconds and only when it differs."""
        websocket, role = client.websocket, client.role
        files, downloads, people = client.files, client.downloads, client.people
        wake = asyncio.Event()
        copied: list[dict[str, Any]] = []

        def on_offer(offer: Offer) -> None:
            account(audit.Event.COPIED_OUT, websocket, offer.content)
            copied[:] = offer_frames(offer, websocket)
            wake.set()

        with ExitStack() as subscriptions:
            subscriptions.callback(self._session.on_change(wake.set))
            subscriptions.callback(self._viewers.on_change(wake.set))
            subscriptions.callback(self._application.on_change(wake.set))
            if role is Role.CONTROL:
                self._session.expect_viewer()
                if self._copies.out:
                    subscriptions.callback(self._session.clipboard.on_offer(on_offer))
                    standing = self._session.clipboard.offer
                    if standing.content != Content():
                        account(audit.Event.COPIED_OUT, websocket, standing.content)
                    copied.append(standing_frame(standing))
                downloads.subscribe(self._session, wake.set, subscriptions)
            files.subscribe(wake.set, subscriptions)
            people.subscribe(wake.set, subscriptions)
            sent, told = None, event_json(NOTHING, role)
            wake.set()
            while True:
                await wake.wait()
                wake.clear()
                state = self._describe(websocket)
                if state != sent:
                    await websocket.send_json({"type": "session", "session": state})
                    sent = state
                if frame := people.take():
                    await websocket.send_json(frame)
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

    async def _receive(self, client: _Client) -> None:
        websocket = client.websocket
        share = WorkShare(self._viewers.watchers if client.role is Role.VIEW else None)
        while (frame := await websocket.receive())["type"] == "websocket.receive":
            share.begin()
            try:
                # Whoever pastes waits for the news of this change before it sends the key.
                await self._act(client, frame.get("text") or "")
            except Problem as problem:
                note_refusal(websocket, problem)
                await websocket.send_json({"type": "error", **problem.json(websocket)})
            await share.rest()

    async def _act(self, client: _Client, frame: str) -> None:
        """Take a name, or what is to be pasted; raises Problem."""
        name = _name(frame) if len(frame) <= WATCHER_FRAME else None
        if name is not None:
            client.people.call(name)
            return
        check_acts(client.websocket, self._viewers.people)
        content = frame_content(frame)
        require_into(self._copies)
        account(audit.Event.COPIED_IN, client.websocket, content)
        try:
            await put_content(self._session.clipboard, content)
        except DisplayUnavailable as error:
            raise Problem(503, error.error, error.remedy) from None


def _name(frame: str) -> str | None:
    """The name that a frame tells; None where it is about something else."""
    try:
        message = json.loads(frame)
        name = message["name"] if message["type"] == "name" else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return name if isinstance(name, str) else None
