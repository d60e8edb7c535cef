"""How a daemon ends: asked, idle, refused, by a mistake; alone, and under supervisord."""

import hashlib
import json
import os
import resource
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from desktopd.config import load
from desktopd.control.report import find_daemon
from desktopd.control.stop import stop
from desktopd.session.process import start_time
from tests import http
from tests.another_user import another_user
from tests.daemon import ROOT, Daemon, until
from tests.meanwhile import repeating

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


@pytest.mark.parametrize(("number", "keeps"), [(signal.SIGTERM, False), (signal.SIGINT, True)])
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
        until(lambda: desktop.logs().count("trying again") >= 2)
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


def test_a_desktop_that_nobody_uses_ends_and_its_supervisor_with_it(folder: Path) -> None:
    status, told = served(folder, "--idle-timeout", "3")
    assert "no input for 3 seconds: ending" in told
    assert status == 0
    assert nothing_left(folder)


def test_what_cannot_be_served_ends_the_supervisor_too(folder: Path) -> None:
    status, told = served(folder, "--host", "192.0.2.1")
    assert status == 1
    assert told.count("ERROR   desktopd: host='192.0.2.1'") == 1, "it is not tried again"


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


@pytest.mark.parametrize("seconds", [0.1, 0.5, 0.8, 1.2])
def test_who_is_ended_in_the_first_second_ends_and_leaves_nothing(
    folder: Path, seconds: float
) -> None:
    argv = [str(ROOT / "container" / "serve"), *SMALL]
    with running(argv, folder / "run") as supervisor:
        # Whatever it does then: no moment is the wrong one.
        time.sleep(seconds)
        supervisor.terminate()
        supervisor.communicate(timeout=30)
    assert supervisor.returncode in (0, 128 + signal.SIGTERM, -signal.SIGTERM)
    assert processes_of(folder) == []


def test_a_killed_daemon_is_started_again(folder: Path) -> None:
    argv = [str(ROOT / "container" / "serve"), *SMALL]
    with running(argv, folder / "run") as supervisor:
        until((folder / "run" / "ctl.sock").exists, 30, "a daemon")
        (first,) = children(supervisor.pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: children(supervisor.pid) not in ([], [first]), 30, "a second daemon")
        supervisor.terminate()
        supervisor.communicate(timeout=30)
    assert processes_of(folder) == []


def test_sigstop_of_daemon_a_watchdog_outside_kills_it_and_the_next_adopts_the_desktop(
    folder: Path,
) -> None:
    argv = [str(ROOT / "container" / "serve"), *SMALL]
    state = folder / "run" / "state.json"
    with running(argv, folder / "run") as supervisor:
        until(lambda: adopted(state).keys() >= {"display", "application"}, 40, "a desktop")
        (first,) = children(supervisor.pid)
        # Not in its first moments: it waits for the first sign of life.
        until((folder / "run" / "ctl.sock").exists, 30, "a daemon")
        before = adopted(state)
        os.kill(first, signal.SIGSTOP)
        with forged_signs(first):
            until(lambda: start_time(first) is None, 30, "its end")
        until(lambda: children(supervisor.pid) not in ([], [first]), 30, "a second daemon")
        # It answers, and goes on with what there is.
        until(lambda: adopted(state) == before and answers(folder / "run"), 30, "an answer")
        supervisor.terminate()
        told, _ = supervisor.communicate(timeout=20)
    assert f"desktopd (pid {first}) does not answer: killed" in told
    assert "application adopted" in told
    assert processes_of(folder) == []


@contextmanager
def forged_signs(pid: int) -> Iterator[None]:
    """Signs of life that another process of this user gives in the name of this one."""
    address = place_of_signs(pid)
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
        repeating(lambda: sender.sendto(b"WATCHDOG=1", address), 0.2),
    ):
        yield


def place_of_signs(pid: int) -> str:
    """Where a daemon gives its signs of life."""
    variables = Path(f"/proc/{pid}/environ").read_text().split("\0")
    place = next(one for one in variables if one.startswith("NOTIFY_SOCKET="))
    return place.removeprefix("NOTIFY_SOCKET=")


def test_no_other_user_takes_the_room_for_signs_of_life(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = [str(ROOT / "container" / "serve"), *SMALL]
    run = folder / "run"
    with running(argv, run) as supervisor:
        until((run / "ctl.sock").exists, 30, "a daemon")
        place = Path(place_of_signs(*children(supervisor.pid)))
        assert place.is_socket()
        assert (place.stat().st_mode & 0o777, run.stat().st_mode & 0o777) == (0o600, 0o700)
        monkeypatch.chdir(run)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            with another_user() as is_another:
                if is_another:
                    with pytest.raises(PermissionError):
                        sender.sendto(b"x", place.name)
            sender.sendto(b"x", place.name)
        # Whoever starts another one by mistake takes no signs away, and leaves nothing.
        status, told = served(folder)
        assert (status, "is used by the desktopd" in told) == (1, True)
        assert [*run.glob("watch.*")] == [place]
        supervisor.kill()
        supervisor.wait()
    until(lambda: processes_of(folder) == [], 30, "the end of the daemon")
    assert served(folder, "--idle-timeout", "1")[0] == 0
    assert [*run.glob("watch.*")] == []


def test_supervisord_removes_its_own_sockets_alone(folder: Path) -> None:
    run = folder / "run"
    run.mkdir(mode=0o700)
    for name in ("watch.log", "watch.01234567"):
        (run / name).write_text("x")
    (run / "watch.89abcdef").mkdir()
    for name in ("watch.dog", "watch.00000000"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
            dead.bind(str(run / name))
    assert served(folder, "--idle-timeout", "1")[0] == 0
    left = sorted(place.name for place in run.glob("watch.*"))
    assert left == ["watch.01234567", "watch.89abcdef", "watch.dog", "watch.log"]


def test_why_nobody_is_watched_is_told(folder: Path) -> None:
    settings = folder / "settings"
    settings.write_text(
        "[supervisord]\nnodaemon = true\nlogfile = /dev/null\nlogfile_maxbytes = 0\n"
    )
    argv = [str(ROOT / "container" / "supervisord"), "-c", str(settings)]
    with running(argv, folder / ("x" * 100)) as supervisor:
        assert supervisor.stdout is not None
        told = next(line for line in supervisor.stdout if "nobody is watched" in line)
    assert told.endswith(": AF_UNIX path too long: nobody is watched\n")


def adopted(state: Path) -> dict[str, int]:
    """The pids of a desktop's services, as its daemon writes them down."""
    try:
        told = json.loads(state.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return {name: one["pid"] for name, one in told["running"].items()}


def answers(folder: Path) -> bool:
    """Whether the daemon with this runtime folder does."""
    argv = [sys.executable, "-m", "desktopd", "status", "--runtime-dir", str(folder)]
    return subprocess.run(argv, stdout=subprocess.DEVNULL, check=False).returncode == 0


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
