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


HOLES = """
import asyncio, ctypes
from pathlib import Path
from desktopd import arenas
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
def held():
    (line,) = [l for l in Path("/proc/self/status").read_text().splitlines() if "RssAnon" in l]
    return int(line.split()[1]) // 1024
arenas.use_one_arena()
before, large = held(), []
for _ in range(800):
    large.append(libc.malloc(100_000))
    ctypes.memset(large[-1], 1, 100_000)
    libc.malloc(2000)
for block in large: libc.free(block)
freed = held()
arenas.TRIM_EVERY = 0.01
async def wait():
    trimming = asyncio.create_task(arenas.keep_trimmed())
    for _ in range(3000):
        if held() - before < 20: break
        await asyncio.sleep(0.01)
    trimming.cancel()
asyncio.run(wait())
print(freed - before, held() - before)
"""


def test_what_is_free_between_what_is_used_is_given_back() -> None:
    command = [sys.executable, "-c", HOLES]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    freed, trimmed = map(int, told)
    assert freed > 60, "megabytes that free(3) alone gives nobody back"
    assert trimmed < 20
