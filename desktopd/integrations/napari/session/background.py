"""Work that nobody waits for.

Tested by tests/unit/integrations/napari/session/test_writer.py.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress

NICE = 10


def give_way() -> None:
    """Let the threads that draw go first (setpriority(2): on Linux a thread has its own nice)."""
    thread = threading.get_native_id()
    # Who is nicer already may not become less so.
    with suppress(OSError):
        nice = max(NICE, os.getpriority(os.PRIO_PROCESS, thread))
        os.setpriority(os.PRIO_PROCESS, thread, nice)
