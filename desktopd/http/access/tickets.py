"""One-time tickets, for pages in frames where the browser keeps no cookie of ours."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from desktopd.http.access.steady_time import steady_time
from desktopd.rfb.viewers.viewer import Role

TICKET_SECONDS = 60.0
PAGE_SECONDS = 12 * 3600.0


@dataclass(frozen=True, slots=True)
class Grant:
    """A role until a moment, in seconds since 1970."""

    role: Role
    until: float


class Tickets:
    """Tickets that have not been taken; each opens its role once, within TICKET_SECONDS.

    Of a role the oldest is forgotten when there are more than `capacity`. `roles` are those that
    have a token, with which their pages are signed. Both clocks tell when a ticket is over.
    """

    def __init__(
        self,
        roles: Collection[Role] = frozenset(Role),
        clock: Callable[[], float] = steady_time,
        steady: Callable[[], float] = time.monotonic,
        capacity: int = 4096,
    ) -> None:
        self.roles = roles
        self._clock = clock
        self._steady = steady
        self._capacity = capacity
        self._open: dict[Role, OrderedDict[bytes, tuple[Grant, float, float]]] = {
            role: OrderedDict() for role in Role
        }

    def issue(self, role: Role, until: float | None = None) -> str:
        """A ticket for `role`, whose page is let in until then, or for PAGE_SECONDS."""
        now, ticket, issued = self._clock(), secrets.token_urlsafe(32), self._open[role]
        grant = Grant(role, now + PAGE_SECONDS if until is None else until)
        ends = now + TICKET_SECONDS, self._steady() + TICKET_SECONDS
        issued[_digest(ticket.encode())] = (grant, *ends)
        if len(issued) > self._capacity:
            issued.popitem(last=False)
        return ticket

    def take(self, presented: bytes) -> Grant | None:
        """What a ticket is good for, the first time; None for any other."""
        digest = _digest(presented)
        for issued in self._open.values():
            grant, ends, ends_steadily = issued.pop(digest, (None, 0.0, 0.0))
            if grant is not None and self._clock() < ends and self._steady() < ends_steadily:
                return grant
        return None


def _digest(ticket: bytes) -> bytes:
    """What is kept of a ticket: how long its look-up takes tells nothing of it."""
    return hashlib.sha256(ticket).digest()
