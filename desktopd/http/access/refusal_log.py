"""What was refused and why, for whoever runs the desktop: once for each address and reason.

That a page asks for a token is no refusal; that a WebSocket has none is.
"""

from __future__ import annotations

import logging
from collections import OrderedDict

from starlette.requests import HTTPConnection

from desktopd import audit
from desktopd.http.problems import Problem
from desktopd.http.serving.proxy import client_address

log = logging.getLogger(__name__)

MOST = 256
"""Addresses with their reasons that are remembered. The oldest are told again."""


class RefusalLog:
    """Writes each refusal into the log that is new."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()

    def note(self, conn: HTTPConnection, problem: Problem) -> None:
        """Take `problem`, by which the request or WebSocket of `conn` is refused."""
        websocket = conn.scope["type"] == "websocket"
        if problem.status_code == 401 and not websocket:
            return
        reason = client_address(conn.scope), problem.detail
        known = reason in self._told
        self._told[reason] = None
        self._told.move_to_end(reason)
        if len(self._told) > MOST:
            self._told.popitem(last=False)
        if not known:
            audit.note(
                audit.Event.REFUSED,
                address=reason[0],
                path=conn.scope["path"][:200],
                reason=problem.detail,
            )
            what = "WebSocket" if websocket else conn.scope["method"]
            log.warning(
                "%s: %s %r is refused: %s; %s",
                *(reason[0], what, conn.scope["path"][:200], problem.detail, problem.remedy),
            )
