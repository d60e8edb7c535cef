"""What another user of the machine is let do."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

NOBODY = 65534


@contextmanager
def another_user() -> Iterator[bool]:
    """Have this process be another user meanwhile, and tell whether: only root can."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(NOBODY)
    try:
        yield own == 0
    finally:
        os.seteuid(own)
