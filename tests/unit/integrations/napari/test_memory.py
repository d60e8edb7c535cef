"""Memory that a process with holes in it gives back."""

from __future__ import annotations

import subprocess
import sys

HOLES = """
import ctypes
from pathlib import Path
from desktopd.integrations.napari.memory import trim
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
def held():
    (line,) = [l for l in Path("/proc/self/status").read_text().splitlines() if "RssAnon" in l]
    return int(line.split()[1]) // 1024
before, large = held(), []
for _ in range(800):
    large.append(libc.malloc(100_000))
    ctypes.memset(large[-1], 1, 100_000)
    libc.malloc(2000)
for block in large: libc.free(block)
freed = held()
trim()
print(freed - before, held() - before)
"""


def test_what_is_free_between_what_is_used_is_given_back() -> None:
    command = [sys.executable, "-c", HOLES]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    freed, trimmed = map(int, told)
    assert freed > 60, "megabytes that free(3) alone gives nobody back"
    assert trimmed < 20
