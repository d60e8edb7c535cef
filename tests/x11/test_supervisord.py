"""supervisord keeps the daemon running, and hears its signs of life."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from desktopd.session.procfs import start_time
from tests.another_user import another_user
from tests.daemon import ROOT, until
from tests.meanwhile import repeating
from tests.x11.supervised import SMALL, children, nothing_left, processes_of, running, served


def test_a_desktop_that_nobody_uses_ends_and_its_supervisor_with_it(folder: Path) -> None:
    status, told = served(folder, "--idle-timeout", "3")
    assert "no input for 3 seconds: ending" in told
    assert status == 0
    assert nothing_left(folder)


def test_what_cannot_be_served_ends_the_supervisor_too(folder: Path) -> None:
    status, told = served(folder, "--host", "192.0.2.1")
    assert status == 1
    assert told.count("ERROR   desktopd: host='192.0.2.1'") == 1, "it is not tried again"


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


FORK_REFUSES = """
import errno, os, runpy, signal, sys
from pathlib import Path
fork, full = os.fork, Path(os.environ["FULL"])
def refusing():
    if full.exists():
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
    return fork()
os.fork = refusing
sys.argv[0:1] = []
sys.path[0] = os.path.dirname(sys.argv[0])
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""A supervisord for which no process is made while a file is there."""


def settings_of(folder: Path, command: str) -> Path:
    """The settings of a supervisord that runs a command, much as ours does with desktopd."""
    file = folder / "settings"
    text = (ROOT / "container" / "supervisord.conf").read_text()
    ours = "setpriv --pdeathsig TERM desktopd %(ENV_SUPERVISOR_ARGUMENTS)s"
    assert ours in text
    file.write_text(text.replace(ours, command))
    return file


@contextmanager
def supervising(folder: Path, command: str) -> Iterator[subprocess.Popen[str]]:
    """supervisord with this command, once it runs it."""
    (folder / "run").mkdir(mode=0o700)
    program = [str(ROOT / "container" / "supervisord"), "-c", str(settings_of(folder, command))]
    pidfile = f"--pidfile={folder / 'pid'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FULL", str(folder / "full"))
        with running(["-c", FORK_REFUSES, *program, pidfile], folder / "run") as supervisor:
            yield supervisor


def used(pid: int) -> float:
    """Seconds of a core that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def open_of(pid: int) -> list[str]:
    """The descriptors of a process."""
    return [one.name for one in Path(f"/proc/{pid}/fd").iterdir()]


def lack_processes(folder: Path, _supervisor: int) -> None:
    (folder / "full").touch()


def lack_pipes(_folder: Path, supervisor: int, *, of_all: int = 4) -> None:
    """Of what a program is started with the last can't be opened: six ends of pipes, two files."""
    highest = max(map(int, open_of(supervisor)))
    _, most = resource.prlimit(supervisor, resource.RLIMIT_NOFILE)
    resource.prlimit(supervisor, resource.RLIMIT_NOFILE, (highest + 1 - of_all, most))


lack_files = partial(lack_pipes, of_all=2)


def end_of_lack(folder: Path, supervisor: int) -> None:
    (folder / "full").unlink(missing_ok=True)
    _, most = resource.prlimit(supervisor, resource.RLIMIT_NOFILE)
    resource.prlimit(supervisor, resource.RLIMIT_NOFILE, (most, most))


@pytest.mark.parametrize("begin", [lack_processes, lack_pipes, lack_files])
def test_while_no_program_can_be_started_it_is_tried_again_and_signals_are_heard(
    folder: Path, begin: Callable[[Path, int], None]
) -> None:
    with supervising(folder, "sleep 1000") as supervisor:
        pid = supervisor.pid
        until(lambda: children(pid) != [], 20, "a program")
        (first,) = children(pid)
        open_before = len(open_of(pid))
        begin(folder, pid)
        os.kill(first, signal.SIGKILL)
        until(lambda: start_time(first) is None, 10, "its end")
        cpu = used(pid)
        # Longer than supervisor's own three retries take.
        time.sleep(12)
        assert children(pid) == []
        assert used(pid) - cpu < 1
        end_of_lack(folder, pid)
        until(lambda: children(pid) != [], 5, "a program anew")
        assert len(open_of(pid)) <= open_before + 1
        begin(folder, pid)
        os.kill(children(pid)[0], signal.SIGKILL)
        until(lambda: children(pid) == [], 10, "its end")
        time.sleep(2)
        supervisor.terminate()
        told, _ = supervisor.communicate(timeout=5)
    assert told.count("trying again") == 2, "each lack is told of once"


def test_a_program_that_is_not_there_ends_the_supervisor(folder: Path) -> None:
    with supervising(folder, "no-such-program") as supervisor:
        told, _ = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 127
    assert "can't find command 'no-such-program'; giving up" in told


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
