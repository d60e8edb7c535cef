"""A desktop without a terminal: started, asked and stopped by its command line."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktopd.session.logs import LIMIT
from tests import http
from tests.daemon import until
from tests.deploy.conftest import alive, clean_environment

SMALL = ["--app", "xterm", "--display", "xvfb", "--size", "640x480"]
ADDRESS = r"https?://127\.0\.0\.1:(\d+)/(?:\?token=(\S+))?"


class Commands:
    """``desktopd`` as a user types it, with runtime folders of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = clean_environment(folder, SHELL="/bin/sh")
        self.desktopd = [sys.executable, "-m", "desktopd"]

    def __call__(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        argv = [*self.desktopd, command, *options]
        return subprocess.run(
            argv, env=self.environment, check=False, capture_output=True, text=True, timeout=100
        )

    def start(self, *options: str) -> str:
        """Start a small desktop; returns its address."""
        done = self("start", *SMALL, *options)
        assert done.returncode == 0, done.stdout + done.stderr
        return address(done.stdout)

    def folders(self) -> list[Path]:
        """The runtime folders that there are."""
        return sorted(self.folder.glob("desktopd-*/*"))

    def ready(self, *options: str) -> str:
        """Wait until the one desktop is; returns its status."""
        until(lambda: "stage ready" in self("status", *options).stdout, 40, "a desktop")
        return self("status", *options).stdout

    def clean(self) -> None:
        """Stop everything, also what a failed test has left."""
        for place in [*self.folders(), self.folder / "own"]:
            done = self("stop", "--runtime-dir", str(place))
            assert done.returncode == 0, done.stdout + done.stderr


def address(text: str) -> str:
    """The one address in a text."""
    found = re.findall(ADDRESS.replace("(\\d+)", "\\d+").replace("(\\S+)", "\\S+"), text)
    assert len(found) == 1, text
    return str(found[0])


def port(url: str) -> str:
    match = re.match(ADDRESS, url)
    assert match, url
    return match[1]


def pid(text: str) -> int:
    """The one pid in a status."""
    found = re.findall(r"pid (\d+)", text)
    assert len(found) == 1, text
    return int(found[0])


def children(url: str) -> dict[str, int]:
    """The processes of a desktop by the name of their service."""
    base, _, token = url.partition("?token=")
    session = http.get(f"{base}api/session", headers={"Authorization": f"Bearer {token}"}).json()
    return {one["name"]: one["pid"] for one in session["services"]}


def make_link(url: str) -> None:
    """Have a desktop let in whoever comes by a link."""
    base, _, token = url.partition("?token=")
    headers = {"Authorization": f"Bearer {token}"}
    made = http.request("POST", f"{base}api/links", headers=headers, json={"role": "control"})
    assert made.status_code == 201


@pytest.fixture
def desktopd(folder: Path) -> Iterator[Commands]:
    commands = Commands(folder)
    yield commands
    commands.clean()


def test_its_log_stays_small_while_it_runs(desktopd: Commands) -> None:
    desktopd.start("--port", "0")
    (folder,) = desktopd.folders()
    with (folder / "daemon.log").open("ab") as log:
        log.write(bytes(2 * LIMIT))
    until(lambda: (folder / "daemon.log").stat().st_size < LIMIT, 30, "a small log")


def test_started_asked_and_stopped(desktopd: Commands) -> None:
    url = desktopd.start("--port", "0")
    assert http.get(url, follow_redirects=True).status_code == 200
    told = desktopd.ready()
    assert told.startswith(f"running  {url}\n")
    assert "stage ready, 0 viewers, pid " in told
    (folder,) = desktopd.folders()
    assert f"folder {folder}" in told
    assert (folder / "daemon.log").stat().st_mode & 0o777 == 0o600
    pids = [pid(told), *children(url).values()]
    assert all(alive(one) for one in pids)
    assert os.getsid(pids[0]) == pids[0]

    done = desktopd("stop")
    assert (done.returncode, done.stdout) == (0, f"desktopd (pid {pids[0]}) has ended\n")
    assert not any(alive(one) for one in pids)
    assert desktopd("status").returncode == 3
    assert desktopd("status").stdout == "desktopd is not running\n"
    assert desktopd("stop").stdout == "desktopd is not running\n"


def test_the_second_start_shows_the_first(desktopd: Commands, folder: Path) -> None:
    own = ("--runtime-dir", str(folder / "own"), "--port", "0")
    url = desktopd.start(*own)
    daemon = pid(desktopd("status", *own).stdout)
    again = desktopd("start", *own)
    assert again.returncode == 0
    assert f"desktopd is already running (pid {daemon})" in again.stdout
    assert address(again.stdout) == url


def test_two_starts_at_once_make_one_desktop(desktopd: Commands, folder: Path) -> None:
    argv = [*desktopd.desktopd, "start", *SMALL, "--runtime-dir", str(folder / "own"), "--port=0"]
    starts = [
        subprocess.Popen(argv, env=desktopd.environment, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    told = [start.communicate(timeout=100)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert len({address(text) for text in told}) == 1
    assert sum("already running" in text for text in told) == 2


def test_several_desktops_of_one_user(desktopd: Commands) -> None:
    urls = sorted([desktopd.start("--port", "0"), desktopd.start("--port", "0")])
    told = desktopd("status")
    assert told.returncode == 0
    assert sorted(re.findall(r"^running  (\S+)", told.stdout, re.MULTILINE)) == urls
    refused = desktopd("stop")
    assert refused.returncode == 1
    assert "several desktops: name one by --port or --runtime-dir" in refused.stderr

    assert desktopd("stop", "--port", port(urls[0])).returncode == 0
    assert desktopd("status", "--port", port(urls[0])).returncode == 3
    assert address(desktopd("status").stdout) == urls[1]
    assert desktopd("stop").returncode == 0
    assert desktopd("status").returncode == 3


def test_it_outlives_its_terminal(desktopd: Commands) -> None:
    master, slave = pty.openpty()
    command = f"{' '.join([*desktopd.desktopd, 'start', *SMALL, '--port', '0'])}; exec sleep 1000"
    shell = subprocess.Popen(
        # Whoever started the tests may have it ignored.
        ["env", "--default-signal=HUP", "setsid", "--ctty", "sh", "-c", command],
        env=desktopd.environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    shown = b""
    deadline = time.monotonic() + 60
    while not re.search(rb"token=\S+\s", shown):
        assert select.select([master], [], [], deadline - time.monotonic())[0], shown
        shown += os.read(master, 4096)
    os.close(master)
    assert shell.wait(20) == -signal.SIGHUP

    told = desktopd.ready()
    url = address(told)
    assert url == address(shown.decode())
    assert http.get(url, follow_redirects=True).status_code == 200
    assert sorted(str(Path(f"/proc/{pid(told)}/fd/{n}").readlink()) for n in range(3)) == [
        "/dev/null",
        *[str(desktopd.folders()[0] / "daemon.log")] * 2,
    ]


def test_stop_ends_what_a_dead_daemon_left(desktopd: Commands) -> None:
    url = desktopd.start("--port", "0")
    told = desktopd.ready()
    left = {n: p for n, p in children(url).items() if p != pid(told)}
    keys = [desktopd.folders()[0] / name for name in ("token", "links.json")]
    make_link(url)
    os.kill(pid(told), signal.SIGKILL)
    until(lambda: not alive(pid(told)), 30, "its end")
    assert all(key.exists() for key in keys)
    crashed = desktopd("status")
    assert crashed.returncode == 3
    assert crashed.stdout.startswith("crashed  the daemon has died and its desktop lives:")
    assert all(alive(one) for one in left.values())

    done = desktopd("stop")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "desktopd had died; what it left is ended\n"
    assert not any(alive(one) for one in left.values())
    assert not any(key.exists() for key in keys)
    assert desktopd("status").stdout == "desktopd is not running\n"


def test_what_a_dead_daemon_left_is_found_without_its_notes(desktopd: Commands) -> None:
    url = desktopd.start("--port", "0")
    told = desktopd.ready()
    left = [one for one in children(url).values() if one != pid(told)]
    os.kill(pid(told), signal.SIGKILL)
    until(lambda: not alive(pid(told)), 30, "its end")
    (desktopd.folders()[0] / "state.json").unlink()
    assert desktopd("status").stdout.startswith("crashed  the daemon has died")
    assert desktopd("stop").stdout == "desktopd had died; what it left is ended\n"
    assert not any(alive(one) for one in left)


@pytest.mark.parametrize("keeps", [False, True])
def test_stop_forgets_who_came_by_a_link_where_nothing_outlived_the_daemon(
    desktopd: Commands, folder: Path, keeps: bool
) -> None:
    own = folder / "own"
    own.mkdir(mode=0o700)
    for name in ("token", "links.json"):
        (own / name).touch()
    desktopd.environment["DESKTOPD_KEEP_TOKEN"] = str(keeps).lower()
    assert desktopd("stop", "--runtime-dir", str(own)).stdout == "desktopd is not running\n"
    assert not (own / "links.json").exists()
    assert (own / "token").exists() == keeps


@pytest.mark.parametrize("name", ["lock", "start.lock", "token", "ctl.sock", "home", "daemon.log"])
def test_what_is_in_the_way_is_named(desktopd: Commands, folder: Path, name: str) -> None:
    place = folder / "own" / name
    place.parent.mkdir(mode=0o700)
    # A folder is in the way of a file, and a file in that of a folder.
    place.write_text("x") if name == "home" else place.mkdir()
    done = desktopd("start", *SMALL, "--runtime-dir", str(place.parent), "--port", "0")
    assert done.returncode == 1
    assert re.search(rf"{place}: [\w ]+; remove it, or set another runtime_dir", done.stderr)
    assert "Traceback" not in done.stderr
    place.unlink() if name == "home" else place.rmdir()


def test_start_goes_on_with_what_a_dead_daemon_left(desktopd: Commands, folder: Path) -> None:
    own = ("--runtime-dir", str(folder / "own"), "--port", "0")
    url = desktopd.start(*own)
    desktopd.ready(*own)
    application = children(url)["application"]
    os.kill(pid(desktopd("status", *own).stdout), signal.SIGKILL)
    until(lambda: "crashed" in desktopd("status", *own).stdout, 30, "its end")
    again = desktopd.start(*own)
    desktopd.ready(*own)
    assert children(again)["application"] == application


def test_a_daemon_that_hangs(desktopd: Commands) -> None:
    desktopd.start("--port", "0")
    daemon = pid(desktopd("status").stdout)
    os.kill(daemon, signal.SIGSTOP)
    try:
        told = desktopd("status")
        assert told.returncode == 4
        assert f"hung     pid {daemon} does not answer" in told.stdout
    finally:
        os.kill(daemon, signal.SIGCONT)
    assert desktopd("stop").returncode == 0


def test_a_folder_that_tells_nothing_hides_no_desktop(desktopd: Commands) -> None:
    """As one whose daemon hangs, and was asked more often than its socket keeps."""
    url = desktopd.start("--port", "0")
    other = desktopd.folders()[0].parent / "port-1"
    other.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as hung, socket.socket(socket.AF_UNIX) as asker:
        hung.bind(str(other / "ctl.sock"))
        hung.listen(0)
        asker.connect(str(other / "ctl.sock"))
        told = desktopd("status")
        assert (told.returncode, address(told.stdout)) == (0, url)
        assert f"{other}: its desktopd does not answer" in told.stderr
        assert desktopd("stop").returncode == 0
        assert desktopd("stop").returncode == 1


def test_only_the_daemon_is_stopped_whoever_has_its_number(
    desktopd: Commands, folder: Path
) -> None:
    """A folder from before the machine was started anew: its pid is somebody else's by now."""
    own = folder / "own"
    own.mkdir(mode=0o700)
    with subprocess.Popen(["sleep", "1000"]) as other:
        (own / "lock").write_text(str(other.pid))
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(own / "ctl.sock"))
        assert desktopd("status", "--runtime-dir", str(own)).returncode == 3
        assert desktopd("stop", "--runtime-dir", str(own)).returncode == 0
        assert other.poll() is None
        other.terminate()


def test_a_start_that_fails_says_why(desktopd: Commands) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        done = desktopd("start", *SMALL, "--port", number)
    assert done.returncode == 1
    assert "Address already in use; choose another with --host or --port" in done.stderr
    assert "desktopd did not start; its log is " in done.stderr
    assert desktopd("status", "--port", number).returncode == 3
    bad = desktopd("start", "--size", "big")
    assert bad.returncode == 2
    assert "--size='big': expected WIDTHxHEIGHT" in bad.stderr


def test_a_desktop_in_a_terminal_can_be_asked_and_stopped(desktopd: Commands) -> None:
    argv = [*desktopd.desktopd, *SMALL, "--port", "0"]
    with subprocess.Popen(
        argv, env=desktopd.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as daemon:
        until(lambda: desktopd("status").returncode == 0, 40, "a desktop")
        assert pid(desktopd("status").stdout) == daemon.pid
        assert desktopd("stop").returncode == 0
        assert daemon.wait(10) == 0
