"""Who has been let in before, known again by the header that let him in, before it is checked."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import OrderedDict

KEPT = 256
LOOKED_AT = 16_384
"""Bytes of a request in which its header is looked for."""
# Nothing may follow the value: a stranger chooses it, and what has to be tried in several ways
# takes him seconds of everybody's time.
_SHOWN = re.compile(rb"^(?:authorization|cookie):([^\r\n]*)", re.I | re.M)


class Acquaintances:
    """The last KEPT headers by which somebody came in, as digests.

    Whoever shows one of them is served before strangers, and nothing else depends on it.
    """

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._digests: OrderedDict[bytes, None] = OrderedDict()

    def remember(self, value: bytes) -> None:
        """Somebody has been let in by this value of ``Cookie`` or ``Authorization``."""
        digest = self._digest(value)
        self._digests[digest] = None
        self._digests.move_to_end(digest)
        if len(self._digests) > KEPT:
            self._digests.popitem(last=False)

    def knows(self, request: bytes) -> bool:
        """Whether a request, as it comes from the network, shows one of them."""
        shown = _SHOWN.findall(request[:LOOKED_AT])
        return any(self._digest(value.strip(b" \t")) in self._digests for value in shown)

    def _digest(self, value: bytes) -> bytes:
        return hashlib.sha256(self._salt + value).digest()
