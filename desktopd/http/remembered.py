"""What has let somebody in, known again: the last of them, as digests that open nothing.

Tested by tests/unit/http/serving/test_acquaintances.py and tests/unit/http/access/test_oauth.py.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Hashable

KEPT = 256


class Remembered:
    """The last KEPT secrets, and whom each of them has let in."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._digests: OrderedDict[bytes, Hashable] = OrderedDict()

    def note(self, secret: bytes, who: Hashable | None) -> None:
        """The secret has let this one in, or with None nobody."""
        digest = self._digest(secret)
        self._digests.pop(digest, None)
        if who is not None:
            self._digests[digest] = who
            if len(self._digests) > KEPT:
                self._digests.popitem(last=False)

    def who(self, secret: bytes) -> Hashable | None:
        """Whom it has let in; None for nobody."""
        return self._digests.get(self._digest(secret))

    def _digest(self, secret: bytes) -> bytes:
        return hashlib.sha256(self._salt + secret).digest()
