"""Names of signals, also of those that Python has no name for."""

import signal

import pytest

from desktopd.signal_names import signal_name, signal_words


@pytest.mark.parametrize(
    ("number", "name", "words"),
    [
        (9, "SIGKILL", "Killed"),
        (11, "SIGSEGV", "Segmentation fault"),
        (15, "SIGTERM", "Terminated"),
        (signal.SIGRTMIN + 6, f"signal {signal.SIGRTMIN + 6}", "Real-time signal 6"),
    ],
)
def test_a_signal_has_a_name_and_words(number: int, name: str, words: str) -> None:
    assert (signal_name(number), signal_words(number)) == (name, words)
