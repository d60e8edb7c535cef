"""Keys that a page in a frame shows with its requests, since it may have no cookie.

test_tickets tests them.
"""

from __future__ import annotations

import hmac
import re

from desktopd.http.access.tickets import Grant
from desktopd.http.access.tokens import Tokens
from desktopd.rfb.viewers.viewer import Role

_KEY = re.compile(rf"(?P<role>{'|'.join(Role)})\.(?P<until>\d{{1,12}})\.[0-9a-f]{{64}}")


class PageKeys:
    """Keys made from `tokens`: like a cookie they outlive the daemon and die with the token.

    A key has only letters, digits and dots, so that it can be a WebSocket subprotocol.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def make(self, grant: Grant) -> str:
        """A key that is good for `grant`."""
        signature = self._tokens.sign(grant.role, f"page until {int(grant.until)}")
        return f"{grant.role}.{int(grant.until)}.{signature}"

    def read(self, presented: bytes) -> Grant | None:
        """What a key is good for, also when its time is over; None for what is no key of ours."""
        key = presented.decode("latin-1")
        match = _KEY.fullmatch(key)
        if match is None:
            return None
        grant = Grant(Role(match["role"]), float(match["until"]))
        if grant.role not in self._tokens.roles:
            return None
        return grant if hmac.compare_digest(self.make(grant), key) else None
