"""Steps of which one that fails is no matter of the others.

Tested by tests/unit/integrations/napari/session/test_restore.py.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

log = logging.getLogger(__name__)


def attempt(what: str, step: Callable[[], Iterable[str] | None]) -> list[str]:
    """Take a step; gives the names of what it has not done, which is `what` where it raises.

    Layers of plugins, and what a script has connected to their events, may raise anything.
    """
    undone: list[str] = []
    try:
        undone.extend(step() or ())
    except Exception:
        log.warning("desktopd: %s: this was not done", what, exc_info=True)
        undone.append(what)
    return undone


def attempt_each(values: Mapping[str, Any], step: Callable[[str, Any], None]) -> list[str]:
    """Take a step with each name and value; gives the names of those not done."""
    undone: list[str] = []
    for name, value in values.items():
        undone += attempt(name, partial(step, name, value))
    return undone


def set_each(what: str, owner: Any, values: Mapping[str, Any]) -> list[str]:
    """Set attributes of an owner, called `what`, each by itself.

    Gives the names of those that stay, such as ``dims.ndisplay``.
    """
    return [f"{what}.{name}" for name in attempt_each(values, partial(setattr, owner))]
