"""What a request may do, and by what means it has shown that; who tells it stands elsewhere.

test_middleware tests it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from starlette.requests import HTTPConnection

from desktopd.rfb.viewers.viewer import Role


class Means(Enum):
    """How a request has shown its right. Only a cookie is sent by a browser unasked."""

    OPEN = auto()
    BEARER = auto()
    TICKET = auto()
    QUERY = auto()
    COOKIE = auto()


@dataclass(frozen=True, slots=True)
class Access:
    """What a request may do, and why; stands in ``scope["auth"]``.

    `until`: when that ends, in seconds since 1970, if it does before the token changes. `link`: the
    id of the owner's link by which it came, if it did. `name`: of the user, where something in
    front of us knows it; nothing depends on it. `over`: returns once that something lets the user
    in no more.
    """

    role: Role
    means: Means
    until: float | None = None
    link: str | None = None
    name: str = ""
    over: Callable[[], Awaitable[object]] | None = None

    @property
    def lasts(self) -> bool:
        """Whether it counts for as long as the token does."""
        return self.link is None and self.until is None and self.over is None

    @property
    def owner(self) -> bool:
        """Whether it decides who has control, and gives links to others."""
        return self.role is Role.CONTROL and self.link is None

    @property
    def by(self) -> str:
        """By what it came, in a word: a page that came by a ticket goes on by that."""
        paged = self.link is None and self.until is not None
        return "ticket" if paged else self.means.name.lower()

    @property
    def who(self) -> Hashable:
        """The same for all requests of one person, as far as what lets him in tells persons.

        Pages with tickets are one: each ticket has an end of its own, whoever has how many.
        """
        return self.role, self.link, self.until is None, self.name

    @classmethod
    def of(cls, conn: HTTPConnection) -> Access:
        """What the auth middleware has found for this request."""
        found = conn.scope["auth"]
        assert isinstance(found, cls)
        return found


class RequestAuthenticator(Protocol):
    """Tells what a request may do."""

    async def access(
        self, conn: HTTPConnection, query: bytes | None = None, ticket: bytes | None = None
    ) -> Access:
        """The access of a request with a token or ticket in its address; raises Problem."""


BEARER_PROTOCOL = "desktopd.bearer."


def bearer(conn: HTTPConnection) -> bytes | None:
    """The token of RFC 6750; headers arrive as Latin-1, so this gives back the bytes.

    A page can give its WebSockets no header, but the names of subprotocols: one of these then
    begins with BEARER_PROTOCOL.
    """
    protocols: list[str] = conn.scope.get("subprotocols", [])
    for protocol in protocols:
        if protocol.startswith(BEARER_PROTOCOL):
            return protocol.removeprefix(BEARER_PROTOCOL).encode("latin-1", "replace")
    scheme, _, token = conn.headers.get("authorization", "").partition(" ")
    return token.strip().encode("latin-1") if scheme.lower() == "bearer" else None
