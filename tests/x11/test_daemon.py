"""How a daemon ends: asked, idle, refused, by a mistake; alone, and under supervisord."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from desktopd.session.process import start_time
from tests import http
from tests.daemon import ROOT, Daemon, until

Start = Callable[..., Daemon]

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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_all_of_it_with_status_0(daemon: Start, number: signal.Signals) -> None:
    desktop = daemon(*SMALL)
    desktop.ready()
    pids = [desktop.pid(name) for name in ("display", "window_manager", "application")]
    desktop.process.send_signal(number)
    assert desktop.process.wait(20) == 0
    assert [pid for pid in pids if start_time(pid) is not None] == []
    with pytest.raises(httpx.ConnectError):
        http.get(desktop.base)


def test_a_desktop_that_nobody_uses_ends_and_its_supervisor_with_it(folder: Path) -> None:
    status, told = served(folder, "--idle-timeout", "3")
    assert "no input for 3 seconds: ending" in told
    assert status == 0
    assert nothing_left(folder)


def test_what_cannot_be_served_ends_the_supervisor_too(folder: Path) -> None:
    _, told = served(folder, "--host", "192.0.2.1")
    assert told.count("ERROR   desktopd: host='192.0.2.1'") == 1, "it is not tried again"


FAILING = """
import asyncio, sys
from pathlib import Path
from desktopd import __main__, daemon

signal = Path(sys.argv[1])

async def fail(viewers, seconds):
    while not signal.exists():
        await asyncio.sleep(0.02)
    raise ZeroDivisionError("a mistake")

daemon._idle = fail
sys.argv = sys.argv[1:]
sys.exit(__main__.main())
"""


def test_a_daemon_that_fails_leaves_the_desktop_to_its_successor(
    daemon: Start, folder: Path
) -> None:
    desktop = daemon(*SMALL)
    desktop.ready()
    before = [desktop.pid(name) for name in ("display", "window_manager", "application")]
    desktop.kill()
    (desktop.folder / "run" / "ctl.sock").unlink()
    argv = ["-c", FAILING, str(folder / "fail"), *SMALL]
    with running(argv, desktop.folder / "run") as failing:
        until((desktop.folder / "run" / "ctl.sock").exists, 30, "the failing daemon")
        (folder / "fail").touch()
        told, _ = failing.communicate(timeout=30)
    assert failing.returncode == 1
    assert "ZeroDivisionError: a mistake" in told
    desktop.start()
    desktop.ready()
    after = [desktop.pid(name) for name in ("display", "window_manager", "application")]
    assert after == before
