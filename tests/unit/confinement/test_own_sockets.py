"""A program that opens its sockets to everybody, and cannot. The kernel and its filter are real."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from desktopd.confinement.own_sockets import OWN, keeping_umask

OPENING = """
import os, socket, sys
before = os.umask(0)
socket.socket(socket.AF_UNIX).bind(sys.argv[1])
os.umask(before)
socket.socket(socket.AF_UNIX).bind(sys.argv[2])
print(oct(os.umask(0o027)), oct(os.umask(0o027)))
"""


def test_a_socket_is_never_open_to_others(folder: Path) -> None:
    places = [folder / "during", folder / "after"]
    argv = [sys.executable, "-c", OPENING, *map(str, places)]

    def run() -> str:
        return subprocess.run(argv, umask=OWN, check=True, capture_output=True, text=True).stdout

    # Another umask it can have.
    assert keeping_umask(run) == "0o77 0o27\n"
    assert [stat.S_IMODE(place.stat().st_mode) for place in places] == [0o700, 0o700]


def test_whoever_starts_it_stays_as_it_was() -> None:
    keeping_umask(lambda: None)
    before = os.umask(0)
    assert os.umask(before) == 0
