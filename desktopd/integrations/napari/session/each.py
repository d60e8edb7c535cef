"""What is told piece by piece, so that one that raises, as of a plugin it may, costs itself alone.

Tested by tests/unit/integrations/napari/session/test_settable.py and test_viewed.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

log = logging.getLogger(__name__)


class Untold(str):
    """Stands for what cannot be told now, and says why."""

    __slots__ = ()


def each_told(tells: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """What each of `tells` gives; Untold for those that raise."""
    found = {}
    for name, tell in tells.items():
        try:
            found[name] = tell()
        except Exception as error:
            log.info("desktopd: %s is not told: %s", name, error)
            found[name] = Untold(f"{type(error).__name__}: {error}")
    return found


def has_untold(told: Any) -> bool:
    """Whether anything in mappings of mappings is Untold."""
    if isinstance(told, Mapping):
        return any(map(has_untold, told.values()))
    return isinstance(told, Untold)


def settled(told: Mapping[str, Any], former: Any) -> tuple[dict[str, Any], list[str]]:
    """What is `told`, where it is Untold what was `former`ly, and why of each of these.

    What was never told is left out.
    """
    found, stale = {}, []
    before = former if isinstance(former, Mapping) else {}
    for name, value in told.items():
        if isinstance(value, Mapping):
            found[name], inner = settled(value, before.get(name))
            stale += [f"{name}.{one}" for one in inner]
        elif not isinstance(value, Untold):
            found[name] = value
        elif name in before:
            found[name] = before[name]
            stale.append(f"{name}: {value} (as it was saved before)")
    return found, stale
