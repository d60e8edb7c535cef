"""What is told piece by piece, so that one that raises, as of a plugin it may, costs itself alone.

Tested by tests/unit/integrations/napari/session/test_settable.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

log = logging.getLogger(__name__)


def each_told(names: Iterable[str], tell: Callable[[str], Any]) -> dict[str, Any]:
    """What `tell` gives for each of `names`, without those for which it raises."""
    found = {}
    for name in names:
        try:
            found[name] = tell(name)
        except Exception as error:
            log.info("desktopd: %s is not saved: %s", name, error)
    return found
