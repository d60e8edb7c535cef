"""Everybody who is watching, and what is to be remembered of those who have gone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from desktopd import audit
from desktopd.observers import Observers
from desktopd.refusals import NewsOfEach, Refusals
from desktopd.rfb.viewers.people import People, PersonHands, Visitor
from desktopd.rfb.viewers.viewer import Role, Viewer, nobody_listens

log = logging.getLogger(__name__)


class Viewers:
    """All viewers of one desktop, in the order in which they came, and whose they are.

    The logs are told of them, those of each role and link within bounds of their own.
    """

    def __init__(
        self, people: People | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.people = People() if people is None else people
        self.watchers = asyncio.Lock()
        """By which those who may only watch rest; see WorkShare."""
        self._viewers: dict[str, Viewer] = {}
        self._comings = NewsOfEach(clock, "more viewers come")
        self._refusals = Refusals(clock)
        self._changes = Observers[[]]()
        self._last_input: float | None = None
        self._bytes_of_the_gone = 0

    def __iter__(self) -> Iterator[Viewer]:
        return iter(tuple(self._viewers.values()))

    def __len__(self) -> int:
        return len(self._viewers)

    @property
    def last_input(self) -> float | None:
        """Monotonic time in seconds of the latest input of any viewer, present or gone."""
        times = (self._last_input, *(viewer.last_input for viewer in self))
        return max((time for time in times if time is not None), default=None)

    @property
    def bytes_sent(self) -> int:
        """Bytes of pictures sent to all viewers, present or gone: never less than before."""
        return self._bytes_of_the_gone + sum(viewer.bytes_sent for viewer in self)

    @contextmanager
    def add(self, viewer: Viewer, visitor: Visitor | None = None) -> Iterator[Viewer]:
        """Count `viewer` in for as long as the context lasts.

        `visitor`: whose it is; None where it shows another desktop than this one.
        """
        self._viewers[viewer.id] = viewer
        told = self._comings.may_be_told((viewer.role, viewer.link), viewer.address)
        if told:
            _note_coming(viewer)
        viewer.refusals = self._refusals
        viewer.on_change = self._changes.call
        viewer.watchers = self.watchers if viewer.role is Role.VIEW else None
        self._changes.call()
        try:
            with ExitStack() as presence:
                if visitor is not None:
                    person = presence.enter_context(self.people.here(visitor))
                    withdraw = person.withdrawn.add(lambda: viewer.on_withdrawn())
                    presence.callback(withdraw)
                    viewer.hands = PersonHands(self.people, person)
                yield viewer
        finally:
            self._last_input = self.last_input
            self._bytes_of_the_gone += viewer.bytes_sent
            if told:
                _note_leaving(viewer)
            viewer.on_change = nobody_listens
            del self._viewers[viewer.id]
            self._changes.call()

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` when a viewer comes, goes or changes its codec.

        The result unsubscribes it.
        """
        return self._changes.add(handler)


def _note_coming(viewer: Viewer) -> None:
    log.info("viewer %s came: %s, %s", viewer.id, viewer.address, viewer.role)
    audit.note(
        audit.Event.VIEWER_CAME,
        viewer=viewer.id,
        address=viewer.address,
        role=viewer.role,
        link=viewer.link,
        server=viewer.path,
    )


def _note_leaving(viewer: Viewer) -> None:
    log.info("viewer %s left: %s", viewer.id, viewer.ending or "the server stopped or failed")
    audit.note(audit.Event.VIEWER_LEFT, viewer=viewer.id, sent=viewer.bytes_sent)
