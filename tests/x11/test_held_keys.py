"""A held key in a program of Qt that hears of X's repeats too late to know them."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.x11.conftest import SMALL, running

SCRIPT = Path(__file__).with_name("held_keys_qt.py")


def test_a_held_key_is_pressed_once_and_a_quick_one_twice() -> None:
    with running("xvfb", SMALL) as server:
        server.run(sys.executable, str(SCRIPT))
