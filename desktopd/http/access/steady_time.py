"""The clock by which links, tickets and sign-ins end.

Tested by tests/unit/http/access/test_links.py.
"""

from __future__ import annotations

import time

_BOOTED = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


def steady_time() -> float:
    """Seconds since 1970 by the clock as it was when the daemon began, however it is set later.

    So an hour is an hour, a laptop's sleep included.
    """
    return _BOOTED + time.clock_gettime(time.CLOCK_BOOTTIME)
