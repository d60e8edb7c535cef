"""Children: spawned, watched, adopted, ended with all that they started."""

import asyncio
import errno
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktopd.errors import CannotEnd
from desktopd.session.errors import LaunchError
from desktopd.session.logs import tail
from desktopd.session.process import Process, _be_nice, popen
from desktopd.session.procfs import is_stopped, session_of, start_time
from tests.another_user import another_user
from tests.daemon import until
from tests.hung_disk import hung_process


def spawn(folder: Path, script: str, **options: bool) -> Process:
    child = popen(["sh", "-c", script], dict(os.environ), folder / "log")
    return Process(child.pid, child, **options)


async def reads(path: Path, text: str) -> None:
    """Wait until `text` stands in a file; the test's own deadline ends it."""
    while not path.exists() or text not in path.read_text():
        await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    return start_time(pid) is not None


async def test_an_exit_tells_status_or_signal(folder: Path) -> None:
    assert str(await spawn(folder, "exit 3").wait()) == "exited with status 3"
    process = spawn(folder, "kill -9 $$")
    assert str(await process.wait()) == "killed by SIGKILL"
    assert not process.running


async def test_output_goes_to_the_log_and_nowhere_else(folder: Path) -> None:
    await spawn(folder, "echo out; echo err >&2").wait()
    assert tail(folder / "log").splitlines() == ["out", "err"]


async def test_a_child_leads_a_session_of_its_own(folder: Path) -> None:
    process = spawn(folder, "exec sleep 60")
    assert os.getsid(process.pid) == process.pid
    await process.stop(1)


@pytest.mark.parametrize("pid", [2**22 + 1, 2**31 - 1, 2**31, 2**32 - 1])
def test_what_no_process_is_has_no_session(pid: int) -> None:
    assert session_of(pid) is None


async def test_stop_ends_what_the_child_started_and_needs_no_consent(folder: Path) -> None:
    process = spawn(folder, "trap '' TERM; sleep 60 & echo pid $!; while :; do wait; done")
    await reads(folder / "log", "pid ")
    grandchild = int(tail(folder / "log").split()[-1])
    assert str(await process.stop(0.2)) == "killed by SIGKILL"
    until(lambda: not alive(grandchild), 30, "the end of the grandchild")


@pytest.mark.parametrize("keep", [False, True])
async def test_what_a_child_started_ends_with_it_unless_kept(folder: Path, keep: bool) -> None:
    process = spawn(folder, "sleep 60 & echo pid $!", keep_children=keep)
    await process.wait()
    grandchild = int(tail(folder / "log").split()[-1])
    if keep:
        assert alive(grandchild)
        os.kill(grandchild, signal.SIGKILL)
    until(lambda: not alive(grandchild), 30, "the end of the grandchild")


async def test_adoption_takes_the_same_process_only(folder: Path) -> None:
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    started = start_time(child.pid)
    assert started is not None
    assert Process.adopt(child.pid, started + 1) is None
    process = Process.adopt(child.pid, started)
    assert process is not None
    child.kill()
    assert str(await process.wait()) == "ended"
    child.wait()
    assert Process.adopt(child.pid, started) is None


async def test_a_missing_program_is_named(folder: Path) -> None:
    with pytest.raises(LaunchError, match=r"no-such-program: no such program; install it"):
        popen(["no-such-program"], dict(os.environ), folder / "log")
    with pytest.raises(LaunchError, match=r"/etc/passwd: Permission denied; .*chmod \+x"):
        popen(["/etc/passwd"], dict(os.environ), folder / "log")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("#!/no/such/python\n", r"first line \(#!\) names a program"),
        ("print(1)\n", r"Exec format error; say in its first line"),
    ],
)
def test_a_script_that_nothing_can_run_is_told_with_the_remedy(
    folder: Path, text: str, told: str
) -> None:
    script = folder / "script"
    script.write_text(text)
    script.chmod(0o755)
    with pytest.raises(LaunchError, match=told):
        popen([str(script)], dict(os.environ), folder / "log")


async def test_a_child_starts_in_its_folder(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    child = popen(["sh", "-c", "pwd"], dict(os.environ), folder / "log", folder=inner)
    await Process(child.pid, child).wait()
    assert (folder / "log").read_text() == f"{inner}\n"
    inner.rmdir()
    with pytest.raises(LaunchError, match=r"inner: no such folder to start sh in"):
        popen(["sh"], dict(os.environ), folder / "log", folder=inner)


async def test_a_nice_child_stands_back_in_every_count_of_the_kernel(folder: Path) -> None:
    child = popen(["sleep", "60"], dict(os.environ), folder / "log", nice=5)
    process = Process(child.pid, child)
    try:
        own = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, child.pid) == min(19, own + 5)
        if (autogroup := Path(f"/proc/{child.pid}/autogroup")).exists():
            assert autogroup.read_text().split()[-2:] == ["nice", "5"]
    finally:
        await process.kill()


@pytest.fixture
async def foreign(folder: Path) -> AsyncIterator[Process]:
    """A child that has become another user than the one who asks from now on; only root can."""
    identity = ["setpriv", "--reuid=54321", "--clear-groups"] if os.geteuid() == 0 else []
    child = popen([*identity, "sleep", "60"], dict(os.environ), folder / "log")
    until(lambda: Path(f"/proc/{child.pid}/comm").read_text() == "sleep\n", 30, "it")
    process = Process(child.pid, child)
    with another_user():
        yield process
    await process.kill()


async def test_one_that_has_become_another_user_is_told_and_left(
    foreign: Process, caplog: pytest.LogCaptureFixture
) -> None:
    _be_nice(foreign.pid, 5)
    await foreign.end(0.1)
    if os.geteuid() != os.getuid():
        assert [record.message for record in caplog.records] == [
            f"process {foreign.pid} runs as another user, who alone may end it"
        ]
        with pytest.raises(CannotEnd):
            await foreign.stop(0.1)
        with pytest.raises(CannotEnd):
            await foreign.kill()
        assert foreign.running


async def test_one_that_was_another_user_and_has_ended_is_killed_like_others(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has its pid by then."""
    process = spawn(folder, "exit 3")
    await process.wait()

    def refuse(_pid: int, _number: int) -> None:
        raise PermissionError

    monkeypatch.setattr("os.kill", refuse)
    assert str(await process.kill()) == "exited with status 3"


async def test_whoever_waits_for_one_that_a_disk_keeps_is_told_why(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("desktopd.session.process._KILLED_WITHIN", 0.1)
    with hung_process(folder, {}) as hung:
        ending = asyncio.create_task(Process(hung.pid, started=hung.start_time).kill())
        while f"process {hung.pid} was killed and goes on: is a disk away?" not in caplog.text:
            await asyncio.sleep(0.01)
        assert not ending.done()
    assert str(await ending) == "ended"


async def test_what_leads_no_group_is_signalled_alone(folder: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        await Process(child.pid).stop(5)
        assert child.wait() == -signal.SIGTERM


async def test_a_child_that_cannot_be_watched_is_ended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lack(_pid: int) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    child = popen(["sleep", "60"], dict(os.environ), folder / "log")
    monkeypatch.setattr("desktopd.session.process.start_time", lack)
    with pytest.raises(OSError, match="Too many"):
        Process(child.pid, child)
    assert child.returncode == -signal.SIGKILL


async def test_a_child_that_cannot_be_prepared_is_ended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children = []

    def lack(pid: int, _nice: int) -> None:
        children.append(pid)
        raise MemoryError

    monkeypatch.setattr("desktopd.session.process._be_nice", lack)
    with pytest.raises(MemoryError):
        popen(["sleep", "60"], dict(os.environ), folder / "log", nice=5)
    assert not alive(children[0])


async def test_when_memory_is_short_the_application_is_the_first_victim(folder: Path) -> None:
    command, environment = ["sleep", "60"], dict(os.environ)
    scores = []
    for first in (False, True):
        child = popen(command, environment, folder / "log", first_oom_victim=first)
        scores.append(int(Path(f"/proc/{child.pid}/oom_score_adj").read_text()))
        await Process(child.pid, child).kill()
    assert scores[0] < scores[1] == 500


def test_a_program_has_any_name(folder: Path) -> None:
    program = folder / os.fsdecode(b"\xff) Z (")
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "60"]) as named:
        until(lambda: b"\xff) Z (" in Path(f"/proc/{named.pid}/stat").read_bytes(), 30)
        assert start_time(named.pid) is not None
        named.send_signal(signal.SIGSTOP)
        until(lambda: is_stopped(named.pid), 30, "its stop")
        named.kill()


TRACER = """
import ctypes, sys, time
SEIZE = 0x4206  # linux/ptrace.h
refused = ctypes.CDLL(None).ptrace(SEIZE, int(sys.argv[1]), 0, 0)
print("refused" if refused else "traced", flush=True)
time.sleep(30)
"""
LETS_ITSELF_BE_TRACED = """
import ctypes, time
SET_PTRACER, ANY = 0x59616D61, ctypes.c_ulong(-1)  # prctl(2), of Yama
ctypes.CDLL(None).prctl(SET_PTRACER, ANY, 0, 0, 0)
print("begun", flush=True)
time.sleep(600)
"""


async def test_nobody_waits_for_one_that_is_traced(folder: Path) -> None:
    argv = (sys.executable, "-c", LETS_ITSELF_BE_TRACED)
    child = popen(argv, dict(os.environ), folder / "log")
    process = Process(child.pid, child)
    await reads(folder / "log", "begun")
    words = [sys.executable, "-c", TRACER, str(child.pid)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as tracer:
        try:
            assert tracer.stdout is not None
            told = tracer.stdout.readline()
            ended = str(await process.kill())
            if told == b"refused\n":
                pytest.skip("this kernel lets nobody trace a program")
            assert (told, ended) == (b"traced\n", "ended")
            assert tracer.poll() is None
        finally:
            tracer.kill()
    child.wait()
