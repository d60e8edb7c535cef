"""One service kept running: readiness, silence, backoff, giving up, restart. Real processes."""

import asyncio
import errno
import os
import signal
import time
from pathlib import Path

import pytest

from desktopd import lacks
from desktopd.session import health
from desktopd.session.health import FROZEN
from desktopd.session.process import Process, popen
from desktopd.session.runner import Runner
from desktopd.session.service import SPARED, Restart, Service
from desktopd.session.status import ServiceState
from tests.another_user import NOBODY, another_user
from tests.daemon import until
from tests.hung_disk import hung_process
from tests.unit.session.runners import at_once, make, never, reach, running, sleeper


async def test_a_killed_service_comes_back_and_its_end_is_told(folder: Path) -> None:
    async with running(make(folder, sleeper())) as runner:
        for turn in range(10):
            await reach(runner, ServiceState.RUNNING, turn)
            assert runner.status.pid is not None
            os.kill(runner.status.pid, signal.SIGKILL)
        await reach(runner, ServiceState.RUNNING, 10)
        assert runner.status.restarts == 10
        assert runner.status.error == "sleep killed by SIGKILL"


async def test_a_service_that_never_becomes_ready_is_given_up_with_its_log(folder: Path) -> None:
    service = Service(
        "s",
        ("sh", "-c", "echo because; exit 4"),
        ready=never,
        restart=Restart(first=0.01, longest=0.02, attempts=3),
    )
    async with running(make(folder, service)) as runner:
        await runner.gave_up.wait()
        assert runner.status.state is ServiceState.FAILED
        assert runner.status.error == "sh exited with status 4"
        assert runner.status.log == "because"
        assert runner.status.restarts == 2
        await runner.restart()
        await reach(runner, ServiceState.FAILED, 5)


async def test_a_service_that_is_ready_at_once_and_ends_soon_is_given_up_too(folder: Path) -> None:
    rule = Restart(first=0.01, longest=0.02, attempts=3, settled=60)
    service = Service("s", ("sh", "-c", "sleep 0.1; echo broken; exit 3"), at_once, restart=rule)
    async with running(make(folder, service)) as runner:
        await runner.gave_up.wait()
        assert runner.status.restarts == 2
        assert (runner.status.error, runner.status.log) == ("sh exited with status 3", "broken")


def delays(caplog: pytest.LogCaptureFixture) -> list[float]:
    """The seconds until each further start, as the log tells them."""
    told = (record.args for record in caplog.records if "again in" in str(record.msg))
    return [float(arguments[1]) for arguments in told]  # type: ignore[arg-type,index]


async def kill_when_ready(runner: Runner, times: int) -> None:
    """Kill the service so often, each time when the runner has found it ready."""
    for _ in range(times):
        before = runner.status.restarts
        await reach(runner, ServiceState.RUNNING, before)
        assert runner.status.pid is not None
        os.kill(runner.status.pid, signal.SIGKILL)
        await reach(runner, ServiceState.RUNNING, before + 1)


async def test_what_ends_soon_after_it_was_ready_again_and_again_is_started_ever_later(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(make(folder, sleeper(restart=Restart(first=0.01)))) as runner:
        await kill_when_ready(runner, SPARED + 5)
        told = delays(caplog)
        assert max(told[:SPARED]) <= 0.012
        assert told[-1] >= 0.8 * 0.01 * 2**5
        await runner.restart()
        await kill_when_ready(runner, 1)
        assert delays(caplog)[-1] <= 0.012


async def test_what_has_lasted_is_started_at_once_however_often(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.session.runner.LASTING", 0)
    async with running(make(folder, sleeper(restart=Restart(first=0.01)))) as runner:
        await kill_when_ready(runner, SPARED + 5)
    assert max(delays(caplog)) <= 0.012


async def test_a_missing_program_is_a_failure_with_a_remedy(folder: Path) -> None:
    service = Service("s", ("no-such-program",), ready=never, restart=Restart(attempts=1))
    async with running(make(folder, service)) as runner:
        await runner.gave_up.wait()
        assert "no-such-program: no such program; install it" in (runner.status.error or "")


async def test_a_deadline_ends_the_wait_for_readiness(folder: Path) -> None:
    service = sleeper(ready=never, ready_within=0.05, restart=Restart(attempts=1))
    async with running(make(folder, service)) as runner:
        await runner.gave_up.wait()
        assert runner.status.error == "sleep was not ready after 0 s"
        assert runner.status.pid is None


async def test_a_service_that_stops_answering_is_replaced(folder: Path) -> None:
    async def answers() -> bool:
        pid = runner.status.pid
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] != "T"

    runner = make(folder, sleeper(alive=answers, alive_every=0.05))
    async with running(runner):
        await reach(runner, ServiceState.RUNNING)
        first = runner.status.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        await reach(runner, ServiceState.RUNNING, 1)
        assert runner.status.pid != first
        assert "did not answer" in (runner.status.error or "")


async def test_what_may_be_silent_is_waited_for_unless_it_was_stopped(folder: Path) -> None:
    asked, silent = 0, True

    async def answers() -> bool:
        nonlocal asked
        asked += 1
        if silent:
            await asyncio.Event().wait()
        return True

    runner = make(folder, sleeper(alive=answers, alive_every=0.05, silent_for=60))
    async with running(runner):
        await reach(runner, ServiceState.RUNNING)
        first = runner.status.pid
        assert first is not None
        while asked < 4:
            await asyncio.sleep(0.005)
        assert (runner.status.pid, runner.status.restarts) == (first, 0)
        os.kill(first, signal.SIGSTOP)
        await reach(runner, ServiceState.RUNNING, 1)
        assert "did not answer within" in (runner.status.error or "")
        silent = False


async def test_what_is_silent_for_too_long_is_replaced(folder: Path) -> None:
    async def answers() -> bool:
        await asyncio.Event().wait()
        return True

    async with running(
        make(folder, sleeper(alive=answers, alive_every=0.05, silent_for=0.2))
    ) as runner:
        await reach(runner, ServiceState.RUNNING, 1)
        assert "did not answer within" in (runner.status.error or "")


async def test_a_daemon_that_was_frozen_meanwhile_accuses_nobody(folder: Path) -> None:
    asked = 0

    async def answers() -> bool:
        nonlocal asked
        asked += 1
        if asked == 1:
            # Nothing here goes on for that long, and the answer is there when it does.
            time.sleep(FROZEN + 0.2)  # noqa: ASYNC251
            await asyncio.sleep(0.001)
        return True

    async with running(make(folder, sleeper(alive=answers, alive_every=0.05))) as runner:
        while asked < 3:
            await asyncio.sleep(0.005)
        assert runner.status.restarts == 0
        assert runner.status.error is None


async def test_whoever_cannot_be_asked_for_a_lack_of_ours_is_not_accused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "AGAIN", 0.01)
    asked = 0

    async def answers() -> bool:
        nonlocal asked
        asked += 1
        if asked in (30, 60):
            return True
        await asyncio.sleep(0.01)
        raise RuntimeError("can't start new thread")

    service = sleeper(ready=answers, ready_within=0.1, alive=answers, alive_every=0.05)
    async with running(make(folder, service)) as runner:
        while asked < 60:
            await asyncio.sleep(0.005)
        assert (runner.status.restarts, runner.status.state) == (0, ServiceState.RUNNING)


async def test_one_answer_of_no_is_no_end_of_what_may_be_silent(folder: Path) -> None:
    asked = 0

    async def answers() -> bool:
        nonlocal asked
        asked += 1
        return asked % 2 == 0

    service = sleeper(alive=answers, alive_every=0.02, silent_for=60)
    async with running(make(folder, service)) as runner:
        while asked < 6:
            await asyncio.sleep(0.005)
        assert (runner.status.restarts, runner.status.state) == (0, ServiceState.RUNNING)


@pytest.mark.parametrize(
    "lack",
    [RuntimeError("can't start new thread"), BlockingIOError(errno.EAGAIN, "fork")],
    ids=repr,
)
async def test_what_cannot_be_started_for_a_lack_has_not_failed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, lack: Exception
) -> None:
    monkeypatch.setattr(lacks, "AGAIN", 0.01)
    tried = 0

    async def launch(_mark: str) -> Process:
        nonlocal tried
        tried += 1
        if tried < 5:
            raise lack
        child = popen(("sleep", "60"), dict(os.environ), folder / "log")
        return Process(child.pid, child)

    service = sleeper(launch=launch, restart=Restart(attempts=1))
    async with running(make(folder, service)) as runner:
        await reach(runner, ServiceState.RUNNING)
        assert (tried, runner.status.restarts) == (5, 0)


async def test_an_application_that_ended_stays_ended_until_asked(folder: Path) -> None:
    service = sleeper(restart=Restart(always=False))
    async with running(make(folder, service)) as runner:
        await reach(runner, ServiceState.RUNNING)
        os.kill(runner.status.pid or 0, signal.SIGTERM)
        await reach(runner, ServiceState.STOPPED)
        assert not runner.up.is_set()
        assert runner.down.is_set()
        await runner.restart()
        await reach(runner, ServiceState.RUNNING, 1)


async def test_a_restart_by_hand_is_no_failure(folder: Path) -> None:
    async with running(make(folder, sleeper(restart=Restart(first=30)))) as runner:
        await reach(runner, ServiceState.RUNNING)
        first = runner.status.pid
        await runner.restart()
        await reach(runner, ServiceState.RUNNING, 1)
        assert runner.status.pid != first


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
async def test_one_that_may_not_be_ended_is_let_go_where_it_is_not_ready(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    os.chown(folder, NOBODY, -1)
    argv = ("setpriv", "--reuid=54321", "--clear-groups", "sleep", "60")
    child = popen(argv, dict(os.environ), folder / "log")
    try:
        until(lambda: Path(f"/proc/{child.pid}/comm").read_text() == "sleep\n", 30)

        async def launch(_mark: str) -> Process:
            return Process(child.pid, child)

        rule = Restart(attempts=1)
        runner = make(folder, sleeper(launch=launch, ready=never, ready_within=0.05, restart=rule))
        with another_user():
            async with running(runner):
                await runner.gave_up.wait()
                assert runner.status.error == "sleep was not ready after 0 s"
                assert runner.status.pid is None
        assert f"s goes on: process {child.pid} runs as another user" in caplog.text
        assert child.poll() is None
    finally:
        child.kill()
        child.wait()


async def test_a_restart_of_what_a_disk_keeps_is_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("desktopd.session.process._KILLED_WITHIN", 0.1)
    with hung_process(folder, {}) as hung:

        async def launch(_mark: str) -> Process:
            return Process(hung.pid, started=hung.start_time)

        runner = make(folder, sleeper(launch=launch, stop_within=0.1))
        async with running(runner):
            await reach(runner, ServiceState.RUNNING)
            await runner.restart()
            assert f"process {hung.pid} was killed and goes on" in caplog.text
            assert runner.status.pid == hung.pid
