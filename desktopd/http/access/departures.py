"""Ends connections that are open when their right to be ends: of a link, or of who logs out.

Tested by tests/unit/http/api/test_links.py.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from desktopd.http.access.access import Access
from desktopd.rfb.viewers.connection import Cause, Ending
from desktopd.rfb.viewers.people import Visitor

_DETAILS = {
    Cause.LINK_REVOKED: "its link was revoked",
    Cause.LINK_EXPIRED: "the time of its link is over",
    Cause.LOGGED_OUT: "its user logged out",
}


class Departures:
    """What every open connection waits for beside its own end."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._waiting: set[tuple[str | None, str | None, asyncio.Future[Cause]]] = set()

    async def of(self, access: Access, visitor: Visitor | None) -> Ending:
        """Wait until a connection has to end, which may never be."""
        future = asyncio.get_running_loop().create_future()
        entry = access.link, None if visitor is None else visitor.key, future
        self._waiting.add(entry)
        ends = access.until if access.link is not None else None
        try:
            async with asyncio.timeout(None if ends is None else max(0.0, ends - self._clock())):
                cause = await future
        except TimeoutError:
            cause = Cause.LINK_EXPIRED
        finally:
            self._waiting.discard(entry)
        return Ending(cause, _DETAILS[cause])

    def revoke(self, link: str) -> None:
        """End all that came by a link."""
        self._end(Cause.LINK_REVOKED, lambda came_by, _: came_by == link)

    def log_out(self, key: str) -> None:
        """End all of one visitor."""
        self._end(Cause.LOGGED_OUT, lambda _, visitor: visitor == key)

    def _end(self, cause: Cause, concerns: Callable[[str | None, str | None], bool]) -> None:
        for link, key, future in tuple(self._waiting):
            if concerns(link, key) and not future.done():
                future.set_result(cause)
