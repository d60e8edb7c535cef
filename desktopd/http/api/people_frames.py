"""The people in the JSON frames of ``/api/events``: who they are, and where the others point.

Tested by tests/unit/http/api/test_people.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from starlette.websockets import WebSocket

from desktopd.http.access.visitor import visitor_of
from desktopd.http.api.people import people_json
from desktopd.http.problems import Problem
from desktopd.rate_limit import RateLimit
from desktopd.rfb.viewers.people import People, Person

POINTER_INTERVAL = 0.05
"""Seconds between two frames of pointers."""
_NAMES, _NAMES_SECONDS = 10, 60.0


class PeopleFrames:
    """What one client is told of the people, and what it says of its own person.

    A client that shows no person's key is told nothing. `offers` is told beside the people: what
    the page may offer for links and the login.
    """

    def __init__(self, people: People, websocket: WebSocket, offers: dict[str, bool]) -> None:
        self._people = people
        self._websocket = websocket
        self._offers = offers
        self._person: Person | None = None
        self._told: dict[str, Any] | None = None
        self._names = RateLimit(_NAMES, _NAMES_SECONDS)

    def subscribe(self, wake: Callable[[], None], subscriptions: ExitStack) -> None:
        """Be here, and call `wake` whenever there may be something to tell."""
        if visitor := visitor_of(self._websocket):
            self._person = subscriptions.enter_context(self._people.here(visitor))
            subscriptions.callback(self._people.on_change(wake))

    def take(self) -> dict[str, Any] | None:
        """The next frame; None where there is nothing to tell."""
        if self._person is None:
            return None
        told = {**people_json(self._people, self._websocket), **self._offers}
        if told == self._told:
            return None
        self._told = told
        return {"type": "people", **told}

    def call(self, name: str) -> None:
        """Have the client's person be called so; raises Problem."""
        if not self._names.take():
            raise Problem(429, "too many names", "wait a minute")
        if self._person is not None:
            self._people.rename(self._person, name)

    async def send_pointers(self) -> None:
        """Tell where the others point, as long as there are any. Ends with the connection."""
        if visitor_of(self._websocket) is None:
            return
        # Where somebody has pointed before is no news.
        moved, told = asyncio.Event(), self._pointers()
        with ExitStack() as subscriptions:
            subscriptions.callback(self._people.on_pointer(moved.set))
            while True:
                await moved.wait()
                moved.clear()
                now = self._pointers()
                if news := {one: at for one, at in now.items() if told.get(one) != at}:
                    await self._websocket.send_json({"type": "pointers", "pointers": news})
                told = now
                await asyncio.sleep(POINTER_INTERVAL)

    def _pointers(self) -> dict[str, tuple[int, int]]:
        return {
            other.id: other.pointer
            for other in self._people
            if other.pointer is not None and other is not self._person
        }
