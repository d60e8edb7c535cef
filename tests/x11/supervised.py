"""Programs that are started as container/serve starts them, and what they leave."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.daemon import ROOT

SMALL = ["--app", "xterm", "--display", "xvfb", "--size", "640x480", "--port", "0"]


@contextmanager
def running(argv: list[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with the block at the latest, with `folder` for its runtime folder."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DESKTOPD_")}
    environment |= {"DESKTOPD_RUNTIME_DIR": str(folder), "SHELL": "/bin/sh"}
    process = subprocess.Popen(
        [sys.executable, *argv],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def served(folder: Path, *arguments: str) -> tuple[int, str]:
    """supervisord with a small desktop under it, as in the image: how it ends by itself."""
    argv = [str(ROOT / "container" / "serve"), *SMALL, *arguments]
    with running(argv, folder / "run") as supervisor:
        told, _ = supervisor.communicate(timeout=60)
    return supervisor.returncode, told


def nothing_left(folder: Path) -> bool:
    return not {"state.json", "rfb.sock", "ctl.sock"} & {p.name for p in (folder / "run").iterdir()}


def children(pid: int) -> list[int]:
    """The children of a process that has one thread."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def processes_of(folder: Path) -> list[str]:
    """The command lines of all processes whose environment names the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if bytes(folder) in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text())
    return found
