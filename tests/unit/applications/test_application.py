"""The application: its ends, and the restart that saves before."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from desktopd.applications.application import Application
from desktopd.applications.companion import CompanionClient
from desktopd.applications.errors import NoCompanion, NotSaved
from desktopd.applications.opening import Allowed, Opening
from tests.unit.applications.companions import companion_in
from tests.unit.places import KINDS, lay


@dataclass
class Process:
    """What a session says of its application."""

    pid: int | None = None
    exit_code: int | None = None
    log: str = ""


@dataclass
class Restarts:
    count: int = 0

    async def __call__(self) -> None:
        self.count += 1


def make(process: Process, folder: Path, companion: CompanionClient | None = None) -> Application:
    opening = Opening(Allowed(), companion)
    words = lambda pid: folder / f"end-{pid}.txt"  # noqa: E731
    return Application(lambda: process, Restarts(), opening, companion, words)


def test_an_end_has_its_signal_and_its_last_words(tmp_path: Path) -> None:
    process = Process()
    application = make(process, tmp_path)
    changes: list[None] = []
    application.on_change(lambda: changes.append(None))
    application.note_process()
    assert not changes
    process.pid = os.getpid()
    application.note_process()
    assert application.status.ending is None
    words = tmp_path / f"end-{os.getpid()}.txt"
    words.write_text("Traceback: x\n")
    process.pid, process.exit_code, process.log = None, -signal.SIGSEGV, "it was printed"
    application.note_process()
    ending = application.status.ending
    assert ending is not None
    assert (ending.signal, ending.code, ending.asked) == ("SIGSEGV", -11, False)
    assert (ending.out_of_memory, ending.traceback) == (False, "Traceback: x\n")
    assert (ending.log, ending.last_error, ending.memory_limit) == ("it was printed", None, None)
    assert not words.exists()
    assert len(changes) == 2


async def test_a_restart_that_was_asked_for_is_no_crash(tmp_path: Path) -> None:
    process = Process(pid=os.getpid())
    application = make(process, tmp_path)
    application.note_process()
    await application.restart()
    process.pid, process.exit_code = None, -signal.SIGTERM
    application.note_process()
    assert application.status.ending is not None
    assert application.status.ending.asked
    process.pid = os.getpid()
    application.note_process()
    process.pid, process.exit_code = None, 1
    application.note_process()
    assert not application.status.ending.asked


def test_last_words_without_end_are_cut(tmp_path: Path) -> None:
    process = Process(pid=os.getpid())
    application = make(process, tmp_path)
    application.note_process()
    (tmp_path / f"end-{os.getpid()}.txt").write_text("x" * 100_000 + "the last line")
    process.pid = None
    application.note_process()
    assert application.status.ending is not None
    assert len(application.status.ending.traceback) == 16_384
    assert application.status.ending.traceback.endswith("the last line")


@pytest.mark.parametrize("kind", KINDS)
def test_last_words_are_a_file_of_the_application_or_none(tmp_path: Path, kind: str) -> None:
    process = Process(pid=os.getpid())
    application = make(process, tmp_path)
    application.note_process()
    words, secret = tmp_path / f"end-{os.getpid()}.txt", tmp_path / "secret"
    secret.write_text("what only the daemon may read")
    lay(kind, words, secret)
    process.pid = None
    application.note_process()
    assert application.status.ending is not None
    assert application.status.ending.traceback == ""


async def test_without_a_companion_there_is_no_method(tmp_path: Path) -> None:
    application = make(Process(), tmp_path)
    assert application.status.methods == frozenset()
    with pytest.raises(NoCompanion):
        await application.ask("layers", {})
    assert await application.facts(watching=False) is None


@pytest.fixture
async def companion(folder: Path) -> AsyncIterator[CompanionClient]:
    async with companion_in(folder) as companion:
        yield companion


async def test_what_the_companion_can_do_the_application_can(
    companion: CompanionClient, tmp_path: Path
) -> None:
    application = make(Process(), tmp_path, companion)
    assert application.status.methods >= {"open", "save", "layers"}
    assert [layer.name for layer in await application.layers(watching=False)] == ["cells"]
    facts = await application.facts(watching=False)
    assert facts is not None
    assert facts["frame_rate"] == 12.0


async def test_the_last_error_of_a_process_outlives_it(
    companion: CompanionClient, tmp_path: Path
) -> None:
    process = Process()
    application = make(process, tmp_path, companion)
    assert companion.state is not None
    process.pid = companion.state.pid
    application.note_process()
    error = {"time": 1.0, "message": "KeyError: 'area'", "traceback": "…"}
    told = {**companion.state.facts, "errors": [error]}
    await application.ask("become", {"event": "state", "data": told})
    os.kill(companion.state.pid, signal.SIGKILL)
    while companion.state is not None:
        await asyncio.sleep(0.005)
    process.pid, process.exit_code = None, -signal.SIGKILL
    application.note_process()
    ending = application.status.ending
    assert ending is not None
    assert ending.last_error == error
    # The next process has had no error yet.
    process.pid = os.getpid()
    application.note_process()
    process.pid, process.exit_code = None, 1
    application.note_process()
    assert application.status.ending is not ending
    assert application.status.ending is not None
    assert application.status.ending.last_error is None


async def test_a_restart_goes_on_where_the_application_hangs(
    companion: CompanionClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.applications.application.SAVE_WITHIN", 0.05)
    restarts = Restarts()
    application = Application(Process, restarts, Opening(Allowed()), companion)
    assert companion.state is not None
    os.kill(companion.state.pid, signal.SIGSTOP)
    await application.restart()
    assert restarts.count == 1


async def saved(companion: CompanionClient, **changes: Any) -> None:
    """Have the companion tell this of its last save."""
    told = {"time": 1.0, "pending": False, "error": None, "not_kept": [], **changes}
    state = {**companion.state.facts, "saved": told} if companion.state else {}
    await companion.ask("become", {"event": "state", "data": state}, 5)


async def test_what_is_not_saved_is_lost_by_a_restart_only_if_that_is_asked_for(
    companion: CompanionClient,
) -> None:
    restarts = Restarts()
    application = Application(Process, restarts, Opening(Allowed()), companion)
    await saved(companion, error="No space left on device")
    with pytest.raises(NotSaved, match="not saved: No space left on device"):
        await application.restart()
    assert restarts.count == 0
    await application.restart(lose=True)
    assert restarts.count == 1
    await saved(companion)
    await application.restart()
    assert restarts.count == 2


async def test_a_long_save_is_waited_for_as_long_as_the_application_answers(
    companion: CompanionClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopd.applications.application.SAVE_WITHIN", 0.05)
    monkeypatch.setattr("desktopd.applications.application.SAVE_AT_MOST", 1.0)
    restarts = Restarts()
    application = Application(Process, restarts, Opening(Allowed()), companion)
    await saved(companion, pending=True)
    with pytest.raises(NotSaved, match="within 1 s"):
        await application.restart()
    assert restarts.count == 0
    assert companion.state is not None
    monkeypatch.setattr("desktopd.applications.application.SAVE_AT_MOST", 60.0)
    restart = asyncio.create_task(application.restart())
    await asyncio.sleep(0.3)
    assert restarts.count == 0
    os.kill(companion.state.pid, signal.SIGKILL)
    await restart
    assert restarts.count == 1


@pytest.mark.parametrize("answer", [{}, [], None, {"saved": {}}, {"saved": {"error": 5}}])
async def test_an_answer_that_is_none_is_no_session_that_is_saved(
    companion: CompanionClient, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    restarts = Restarts()
    application = Application(Process, restarts, Opening(Allowed()), companion)

    async def ask(*_: object) -> Any:
        return answer

    monkeypatch.setattr(application, "ask", ask)
    with pytest.raises(NotSaved, match="not understood"):
        await application.restart()
    await application.restart(lose=True)
    assert restarts.count == 1


@pytest.mark.parametrize("watching", [False, True])
async def test_only_those_who_watch_ask_together(folder: Path, watching: bool) -> None:
    asked: list[str] = []
    async with companion_in(folder) as companion:
        application = make(Process(), folder, companion)
        ask = companion.ask

        async def counted(method: str, *rest: Any) -> Any:
            asked.append(method)
            return await ask(method, *rest)

        companion.ask = counted  # type: ignore[method-assign]
        answers = await asyncio.gather(
            *(application.tell("layers", watching=watching) for _ in range(20))
        )
    assert len({str(answer) for answer in answers}) == 1
    assert len(asked) == (1 if watching else 20)
