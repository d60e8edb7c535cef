"""Shared memory of a process that was killed: found by its maker, and deleted."""

import subprocess
import sys

from desktopd.session.shm import remove_segments_of, segments_of

MAKE = """
import ctypes, sys
libc = ctypes.CDLL(None)
assert libc.shmget(0, 4096, 0o1600) >= 0  # IPC_PRIVATE, IPC_CREAT
print("made", flush=True)
sys.stdin.read()
"""


def test_the_segments_of_a_process_outlive_it_until_they_are_removed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", MAKE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == "made\n"
        maker.kill()
    assert len(segments_of(maker.pid)) == 1
    remove_segments_of(maker.pid)
    assert segments_of(maker.pid) == []


def test_a_process_that_made_none_has_none() -> None:
    with subprocess.Popen(["true"]) as child:
        pass
    remove_segments_of(child.pid)
    assert segments_of(child.pid) == []
