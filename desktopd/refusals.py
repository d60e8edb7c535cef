"""Which refusals are new: whoever is refused again and again must not fill a log.

Tested by tests/unit/http/access/test_refusal_log.py.
"""

from __future__ import annotations

from collections import OrderedDict

from desktopd.addresses import address_key

MOST = 256
"""Addresses with their reasons that are remembered. The oldest are told again."""


class Refusals:
    """Remembers who was refused and why, once for each address and reason."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()

    def is_new(self, address: str, reason: str) -> bool:
        """Whether this has not been told lately; from now on it has."""
        key = address_key(address), reason
        known = key in self._told
        self._told[key] = None
        self._told.move_to_end(key)
        if len(self._told) > MOST:
            self._told.popitem(last=False)
        return not known
