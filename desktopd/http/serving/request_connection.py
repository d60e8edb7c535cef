"""What the application tells the HTTP connection by which a request has come.

A request that comes by none, as from a transport in memory, has nobody to tell. test_accept_loop
and test_links test it.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

from starlette.types import Scope

CONNECTION = "desktopd.connection"
"""Where the scope of a request has its connection."""


class RequestConnection(Protocol):
    """The side of the connection that the application knows."""

    def let_in(self, shown: bytes | None, who: Hashable) -> None:
        """Count it no longer among those of strangers, and know `who` has `shown` this again."""

    @property
    def was_let_in(self) -> bool:
        """Whether it counts no longer among those of strangers."""

    def break_off(self) -> None:
        """End an answer that has begun."""


def let_in(scope: Scope, shown: bytes | None = None, who: Hashable = "somebody") -> None:
    """Tell that somebody has been let in by the connection of `scope`.

    `shown`: the value of the header that did it, where one did. `who`: the same for all that one
    person shows.
    """
    connection: RequestConnection | None = scope.get(CONNECTION)
    if connection is not None:
        connection.let_in(shown, who)


def was_let_in(scope: Scope) -> bool:
    """Whether somebody has been let in by the connection of `scope`, maybe long ago."""
    connection: RequestConnection | None = scope.get(CONNECTION)
    return connection is not None and connection.was_let_in


def break_off(scope: Scope) -> None:
    """End an answer that has begun so that its client knows it for incomplete."""
    connection: RequestConnection | None = scope.get(CONNECTION)
    if connection is not None:
        connection.break_off()
