"""Tokens of an outside login that have let somebody in, as digests.

Tested by tests/unit/http/access/test_oauth.py.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict

KEPT = 256


class LetIn:
    """The last KEPT of them: whoever shows one again is no stranger, and not let in by that."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._digests: OrderedDict[bytes, None] = OrderedDict()

    def __contains__(self, token: str) -> bool:
        return self._digest(token) in self._digests

    def note(self, token: str, *, let_in: bool) -> None:
        """The token has let somebody in, or did not."""
        digest = self._digest(token)
        self._digests.pop(digest, None)
        if let_in:
            self._digests[digest] = None
            if len(self._digests) > KEPT:
                self._digests.popitem(last=False)

    def _digest(self, token: str) -> bytes:
        return hashlib.sha256(self._salt + token.encode()).digest()
