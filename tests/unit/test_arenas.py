"""How memory is divided among threads, seen in a process of its own."""

import subprocess
import sys

SCRIPT = """
import ctypes, sys, threading
from desktopd.arenas import use_one_arena
if sys.argv[1] == "one":
    use_one_arena()
ready = threading.Barrier(9)
def work():
    ctypes.CDLL(None).malloc(1000)
    ready.wait()
    ready.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
ready.wait()
ctypes.CDLL(None).malloc_stats()
ready.wait()
"""


def arenas(how: str) -> int:
    command = [sys.executable, "-c", SCRIPT, how]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr.count("Arena")


def test_all_threads_use_one_arena() -> None:
    assert arenas("one") == 1
    assert arenas("by itself") > 1
