"""Names of signals, for people: every number has one, also those of real time."""

from __future__ import annotations

import signal


def signal_name(number: int) -> str:
    """Such as ``SIGKILL``; ``signal 40`` for one that has no name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def signal_words(number: int) -> str:
    """Such as ``Segmentation fault``, as signal(7) calls it."""
    return signal.strsignal(number) or signal_name(number)
