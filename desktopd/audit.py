"""The audit log: who came, was refused, or moved data, by direction and size and never by content.

One JSON object a line, for whoever has to account for that. test_logs tests how it is written.
"""

from __future__ import annotations

import logging
from enum import StrEnum

log = logging.getLogger("desktopd.audit")
log.addHandler(logging.NullHandler())


class Event(StrEnum):
    """What is accounted for."""

    SIGNED_IN = "signed in"
    REFUSED = "refused"
    VIEWER_CAME = "viewer came"
    VIEWER_LEFT = "viewer left"
    CONTROL = "control handed over"
    MODE = "mode chosen"
    LINK_MADE = "link made"
    LINK_REVOKED = "link revoked"
    RESTART = "application restarted"
    COPIED_IN = "copied in"
    COPIED_OUT = "copied out"
    SCREENSHOT = "screenshot"
    FILE = "file"


def note(event: Event, **facts: str | int | None) -> None:
    """Write that down; facts that are None are left out."""
    told = {name: fact for name, fact in facts.items() if fact is not None}
    log.info(event.value, extra={"facts": told})
