"""How a daemon ends: asked, idle, refused, by a mistake; alone, and under supervisord."""

import hashlib
import os
import resource
import shlex
import signal
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from desktopd.config import load
from desktopd.control.report import find_daemon
from desktopd.control.stop import stop
from desktopd.session.errors import SessionError
from desktopd.session.folder import claim
from desktopd.session.procfs import start_time
from desktopd.session.state import StateFile
from tests import http
from tests.daemon import Daemon, until
from tests.hung_disk import hanging_program
from tests.x11.supervised import SMALL, running

Start = Callable[..., Daemon]


@pytest.fixture(autouse=True)
def hears_of_a_closed_terminal() -> Iterator[None]:
    """Whoever started the tests may have that ignored."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize(
    ("number", "keeps"),
    [(signal.SIGTERM, False), (signal.SIGINT, True), (signal.SIGHUP, False)],
)
def test_a_signal_ends_all_of_it_with_status_0(
    daemon: Start, number: signal.Signals, keeps: bool
) -> None:
    desktop = daemon(*SMALL, keep_token=keeps)
    desktop.ready()
    pids = [desktop.pid(name) for name in ("display", "window_manager", "application")]
    desktop.process.send_signal(number)
    assert desktop.process.wait(20) == 0
    assert (desktop.folder / "run" / "token").exists() == keeps
    assert [pid for pid in pids if start_time(pid) is not None] == []
    with pytest.raises(httpx.ConnectError):
        http.get(desktop.base)


def test_a_closed_terminal_ends_nothing_where_that_is_ignored(daemon: Start) -> None:
    """As nohup(1) has it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        desktop = daemon(*SMALL)
    finally:
        signal.signal(signal.SIGHUP, before)
    desktop.ready()
    desktop.process.send_signal(signal.SIGHUP)
    time.sleep(1)
    assert http.get(f"{desktop.base}/healthz").status_code == 200
    assert desktop.process.poll() is None


def test_a_daemon_without_descriptors_goes_on_when_it_has_some(daemon: Start) -> None:
    """The first look at a process ended all: one that could not be taken is taken later."""
    desktop = daemon(*SMALL, vnc_port=0, vnc_password="opensesa", log_level="debug")
    desktop.ready()
    before = [desktop.pid(name) for name in ("display", "application")]
    number = desktop.process.pid
    limits = resource.prlimit(number, resource.RLIMIT_NOFILE)
    address = (httpx.URL(desktop.base).host, httpx.URL(desktop.base).port)
    resource.prlimit(number, resource.RLIMIT_NOFILE, (3, limits[1]))
    with socket.create_connection(address), socket.socket(socket.AF_UNIX) as asker:
        asker.connect(str(desktop.folder / "run" / "ctl.sock"))
        until(lambda: "a connection could not be accepted" in desktop.logs())
        until(lambda: "asks for the daemon's state could not be accepted" in desktop.logs())
        until(lambda: "trying again until it passes" in desktop.logs())
        # As long as the X server, the bus and all others are looked at again.
        time.sleep(6)
        assert desktop.process.poll() is None, desktop.logs()
        # What ends meanwhile has not failed to start again.
        os.kill(before[1], signal.SIGKILL)
        until(lambda: "xterm killed by SIGKILL" in desktop.logs())
        time.sleep(6)
        assert desktop.process.poll() is None, desktop.logs()
        # Who waits to be accepted is neither told in each turn of the loop.
        assert desktop.logs().count("a connection could not be accepted") < 60
    resource.prlimit(number, resource.RLIMIT_NOFILE, limits)
    until(lambda: desktop.service("application")["pid"] not in (None, before[1]))
    desktop.ready()
    assert desktop.pid("display") == before[0]


@pytest.mark.parametrize("reader", ["/dev/full", "nobody"])
def test_who_takes_no_address_ends_no_desktop(folder: Path, reader: str) -> None:
    """As where it is printed into a file of a full disk, or its reader has ended."""
    into = f"> {reader}" if reader != "nobody" else "| true"
    command = shlex.join([sys.executable, "-m", "desktopd", *SMALL])
    run = folder / "run"
    with running(["-c", f"import os; os.execlp('sh', 'sh', '-c', {f'{command} {into}'!r})"], run):

        def is_ready() -> bool:
            with find_daemon(run) as found:
                return bool(found and found.report and found.report.stage == "ready")

        until(is_ready, 40, "a desktop")
        assert stop(load(["stop", "--runtime-dir", str(run)])) == 0


def test_a_daemon_that_crashes_leaves_no_memory_among_the_files(daemon: Start) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        desktop = daemon(app="xterm", display="xvfb", size="640x480")
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
    assert resource.prlimit(desktop.process.pid, resource.RLIMIT_CORE)[0] == 0


def test_nobody_listens_where_localhost_leads_before_the_desktop(daemon: Start) -> None:
    desktop = daemon(app="xterm", display="xvfb", size="640x480")
    port = httpx.URL(desktop.base).port
    with socket.socket(socket.AF_INET6) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match="in use"):
            other.bind(("::1", port))
    assert httpx.get(f"http://localhost:{port}/healthz").status_code == 200


def test_a_daemon_makes_its_own_certificate_and_tells_its_fingerprint(daemon: Start) -> None:
    desktop = daemon(*SMALL, tls="self-signed")
    told = desktop.out.read_text()
    assert desktop.base.startswith("https://127.0.0.1:")
    port = int(desktop.base.rsplit(":", 1)[1])
    shown = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))
    assert hashlib.sha256(shown).digest().hex(":").upper() in told
    trust = ssl.create_default_context(cafile=str(desktop.folder / "run" / "tls-cert.pem"))
    with httpx.Client(verify=trust) as browser:
        assert browser.get(desktop.page, follow_redirects=True).status_code == 200


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


HANGING = """
import sys, threading
from pathlib import Path
from desktopd import __main__
from desktopd.files.results import Results

signal = Path(sys.argv[1])

def look(results):
    signal.touch()
    threading.Event().wait()

Results.look = look
sys.argv = [sys.argv[0], *sys.argv[2:]]
sys.exit(__main__.main())
"""


def test_a_disk_that_hangs_keeps_no_desktop_and_no_daemon(folder: Path, tmp_path: Path) -> None:
    files, hangs, place = tmp_path / "files", folder / "hangs", folder / "run"
    files.mkdir()
    with running(["-c", HANGING, str(hangs), *SMALL, f"--files-root={files}"], place) as daemon:
        until(hangs.exists, 30, "a look at the disk")
        until(lambda: "application" in _running(place), 60, "the application")
        left = _running(place)
        began = time.monotonic()
        daemon.terminate()
        told, _ = daemon.communicate(timeout=30)
    assert time.monotonic() - began < 7
    assert daemon.returncode == 0
    assert "results does not end" in told
    assert not [pid for pid in left.values() if Path(f"/proc/{pid}").exists()]


def test_a_program_whose_disk_hangs_is_waited_for_by_nobody_else(
    daemon: Start, tmp_path: Path
) -> None:
    with hanging_program(tmp_path) as (program, hangs):
        desktop = daemon(*SMALL, "--app", str(program))
        first = until(lambda: desktop.service("application")["pid"], 60, "the application")
        hangs.set()
        os.kill(first, signal.SIGKILL)
        said = "application waits for a disk"
        until(lambda: said in desktop.log.read_text(), 60, "the wait")
        assert desktop.request("GET", "/healthz").status_code == 200
        assert desktop.service("application")["pid"] is None
        display = desktop.pid("display")
        desktop.process.terminate()
        # What waits for the disk keeps the process, and nothing else.
        until(lambda: start_time(display) is None, 20, "the end of the display")
        os.close(until(lambda: _claimed(desktop.folder / "run"), 20, "the folder"))
    assert desktop.process.wait(20) == 0


def _claimed(folder: Path) -> int | None:
    try:
        return claim(folder)
    except SessionError:
        return None


def _running(place: Path) -> dict[str, int]:
    """The pids of the services that a daemon has noted, by name."""
    processes = StateFile(place / "state.json").processes
    return {name: process.pid for name, process in processes.items()}


def test_links_outlive_a_crash_and_end_with_the_desktop(daemon: Start) -> None:
    desktop = daemon(*SMALL)
    desktop.ready()
    token = desktop.request("POST", "/api/links", json={"role": "view"}).json()["token"]
    guest = {"Authorization": f"Bearer {token}"}
    desktop.kill()
    desktop.start()
    told = http.get(f"{desktop.base}/api/session", headers=guest)
    assert told.json()["role"] == "view"
    kept = desktop.folder / "run" / "links.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert token not in desktop.logs()
    assert desktop.stop() == 0
    assert not kept.exists()
