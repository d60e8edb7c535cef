"""What was refused and why, for whoever runs the desktop: once for each address and reason.

Reasons are told apart by the sentence without what differs in it, which a client may choose; those
that are no sentence of `translations` by their status.
To those who were let in each resource counts for itself, and no stranger hides any of theirs. That
a page asks for a token is no refusal; that a WebSocket has none is, or that a link is over.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from starlette.requests import HTTPConnection

from desktopd import audit
from desktopd.http.access.access import Access
from desktopd.http.problems import Outdated, Problem
from desktopd.http.serving.proxy import client_address
from desktopd.http.translations import template
from desktopd.refusals import Refusals

log = logging.getLogger(__name__)


class RefusalLog:
    """Writes each refusal into the log that is new."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._told = Refusals(clock)

    def note(self, conn: HTTPConnection, problem: Problem) -> None:
        """Take `problem`, by which the request or WebSocket of `conn` is refused."""
        websocket = conn.scope["type"] == "websocket"
        asks = problem.status_code == 401 and not isinstance(problem, Outdated)
        if asks and not websocket:
            return
        address, path = client_address(conn.scope), conn.scope["path"][:200]
        access = conn.scope.get("auth")
        role, link = (access.role, access.link) if isinstance(access, Access) else (None, None)
        reason = template(problem.detail) or problem.status_code
        matter = reason, conn.scope.get("endpoint")
        if not self._told.is_new(address, matter, (role, link)):
            return
        audit.note(
            audit.Event.REFUSED,
            address=address,
            path=path,
            reason=problem.detail,
            role=role,
            link=link,
        )
        what = "WebSocket" if websocket else conn.scope["method"]
        log.warning(
            "%s: %s %r is refused: %s; %s",
            *(address, what, path, problem.detail, problem.remedy),
        )
