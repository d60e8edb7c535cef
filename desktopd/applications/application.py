"""The application of a session: what it can do, how it last ended, and what can be asked of it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import stat
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from desktopd.applications.application_end import LONGEST, ApplicationEnd, died_for_memory
from desktopd.applications.companion import CompanionClient, CompanionState
from desktopd.applications.errors import (
    ApplicationError,
    CompanionAway,
    CompanionSlow,
    NoCompanion,
    NotSaved,
)
from desktopd.applications.facts import checked, save_error
from desktopd.applications.layer import Layer
from desktopd.applications.memory import MemoryGroup
from desktopd.applications.opening import Opening
from desktopd.applications.tries import take_back
from desktopd.errors import CannotEnd
from desktopd.observers import Observers
from desktopd.openers import itself_at_once
from desktopd.shared_work import SharedWork
from desktopd.tasks import to_completion

SAVE_WITHIN = 5.0
SAVE_AT_MOST = 50.0
"""Proxies, and whoever waits behind them, often give up after a minute."""
ASK_WITHIN = 20.0
FACTS_WITHIN = 1.0
NOTED_WITHIN = 1.0
WATCHERS_REST = 2.0
"""How many times as long as it took to answer them the companion rests from those who watch."""

log = logging.getLogger(__name__)


class ApplicationProcess(Protocol):
    """What a session says of its application's process."""

    @property
    def pid(self) -> int | None:
        """The running process."""

    @property
    def exit_code(self) -> int | None:
        """How the last one ended, as in `subprocess.Popen.returncode`."""

    @property
    def log(self) -> str:
        """The last lines that it has printed."""


@dataclass(frozen=True, slots=True)
class ApplicationStatus:
    """The application at one moment: `methods` of its companion, of which ``open`` has more ways.

    `companion` is what that told last, None while there is none.
    """

    methods: frozenset[str]
    companion: CompanionState | None
    ending: ApplicationEnd | None


NOTHING = ApplicationStatus(frozenset(), None, None)
"""What is known of an application of which nothing is known."""


class Application:
    """The application; `restart` ends its process and starts it again.

    `last_words` names the file in which a process of that pid leaves a traceback; `sessions` is
    the folder where its companion keeps sessions.
    """

    def __init__(
        self,
        process: Callable[[], ApplicationProcess],
        restart: Callable[[], Awaitable[None]],
        opening: Opening,
        companion: CompanionClient | None = None,
        last_words: Callable[[int], Path] | None = None,
        sessions: Path | None = None,
    ) -> None:
        self.opening = opening
        self.companion = companion
        self._process = process
        self._restart = restart
        self._last_words = last_words
        self._sessions = sessions
        self._session: str | None = None
        self._pid: int | None = None
        self._memory: MemoryGroup | None = None
        self._last_error: Mapping[str, Any] | None = None
        self._ending: ApplicationEnd | None = None
        self._asked = False
        self._changes = Observers[[]]()
        self._watched: dict[str, SharedWork[Any]] = {}
        self._watchers_turn = asyncio.Lock()
        if companion is not None:
            companion.on_change(self._note_companion)

    @property
    def status(self) -> ApplicationStatus:
        """The application at this moment."""
        companion = self.companion.state if self.companion else None
        methods = companion.methods if companion else frozenset[str]()
        if self.opening.possible:
            methods |= {"open"}
        return ApplicationStatus(methods, companion, self._ending)

    def is_draft(self) -> bool:
        """Whether it shows something coarser than what it draws at rest; for any thread."""
        return self.companion is not None and self.companion.is_draft

    def on_draft(self, handler: Callable[[], None]) -> None:
        """Call `handler` when `is_draft` has become another."""
        if self.companion is not None:
            self.companion.on_draft(handler)

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` at each change of `status`; returns how to end that."""
        return self._changes.add(handler)

    async def ask(self, method: str, params: Mapping[str, Any], within: float | None = None) -> Any:
        """The companion's answer, within 20 s unless told; raises ApplicationError."""
        if self.companion is None:
            raise NoCompanion("this application has no companion")
        return await self.companion.ask(method, params, within or ASK_WITHIN)

    async def set(self, method: str, params: Mapping[str, Any]) -> Any:
        """As `ask`, and again of each process that the application is restarted as."""
        answer = await to_completion(self.ask(method, params))
        assert self.companion is not None
        self.companion.keep(method, params)
        return answer

    async def tell(self, method: str, *, watching: bool) -> Any:
        """The companion's answer to what changes nothing; raises ApplicationError.

        Those who are `watching` ask one question at a time, all of them together, and whoever asks
        the same meanwhile has the same answer.
        """
        if not watching:
            return await self.ask(method, {})
        if method not in self._watched:
            self._watched[method] = SharedWork(
                lambda: self.ask(method, {}), self._watchers_turn, WATCHERS_REST
            )
        return await self._watched[method].result()

    async def layers(self, *, watching: bool) -> tuple[Layer, ...]:
        """Every layer, the lowest first; raises ApplicationError."""
        told = await self.tell("layers", watching=watching)
        return tuple(Layer.parse(layer) for layer in told)

    async def facts(self, *, watching: bool) -> Mapping[str, Any] | None:
        """What the companion tells of itself now, or told last; None without one."""
        state = self.status.companion
        if state is None:
            return None
        with contextlib.suppress(ApplicationError, TimeoutError, ValueError):
            async with asyncio.timeout(FACTS_WITHIN):
                return checked(await self.tell("status", watching=watching))
        return state.facts

    async def restart(self, *, lose: bool = False) -> None:
        """Restart the application, once its session is saved.

        One that does not answer is restarted all the same, and with `lose` any other. What has
        begun is done, as in `to_completion`. Raises NotSaved.
        """
        try:
            await self.save(SAVE_WITHIN, SAVE_AT_MOST)
        except NotSaved as error:
            if not lose:
                raise
            log.warning("the application is restarted: %s", error)
        await to_completion(self._restart_and_note())

    async def _restart_and_note(self) -> None:
        ends = self._asked = True
        try:
            await self._restart()
        except CannotEnd:
            ends = self._asked = False
            raise
        finally:
            if ends:
                await self.note_end_on_purpose()

    async def note_end_on_purpose(self) -> None:
        """Note that we have ended the process: not what was being put back into it has."""
        if self._sessions is None:
            return
        # A disk that is away keeps nobody waiting.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(NOTED_WITHIN):
                await asyncio.to_thread(take_back, self._sessions, self._session)

    async def save(self, within: float, at_most: float) -> None:
        """Have the companion save the session, if there is one.

        It has `at_most` seconds, as long as the application answers every `within`. Raises
        NotSaved.
        """
        if "save" not in self.status.methods:
            return
        saving = asyncio.create_task(self.ask("save", {}, at_most))
        try:
            while not (await asyncio.wait({saving}, timeout=within))[0]:
                if not await self._answers(within):
                    log.warning("the session of the application is not saved: it does not answer")
                    return
            error = save_error(saving.result())
        except CompanionAway:
            return
        except CompanionSlow:
            error = f"it has not been written within {at_most:.0f} s"
        except ApplicationError as refused:
            error = str(refused)
        except ValueError:
            error = "its answer is not understood"
        finally:
            saving.cancel()
        if error is not None:
            raise NotSaved(f"the session of the application is not saved: {error}")

    async def _answers(self, within: float) -> bool:
        """Whether its main thread does what is asked of it, however long it saves in another."""
        try:
            await self.ask("camera", {}, within)
        except (CompanionSlow, CompanionAway):
            return False
        except ApplicationError:
            return True
        return True

    def note_process(self) -> None:
        """See whether the application's process is another. To be called when it may be."""
        process = self._process()
        if process.pid == self._pid:
            return
        if self._pid is not None:
            self._note_ending(self._pid, process)
        self._pid = process.pid
        self._memory = None if process.pid is None else MemoryGroup(process.pid)
        self._last_error = None
        self._changes.call()

    def _note_companion(self) -> None:
        # Who has ended can no longer be asked.
        if state := self.status.companion:
            self._session = state.facts.get("session")
            if errors := state.facts["errors"]:
                self._last_error = errors[-1]
        self._changes.call()

    def _note_ending(self, pid: int, process: ApplicationProcess) -> None:
        kills = self._memory.kills if self._memory else None
        out_of_memory = died_for_memory(process.exit_code, kills)
        self._ending = ApplicationEnd(
            pid=pid,
            code=process.exit_code,
            out_of_memory=out_of_memory,
            memory_limit=self._memory.limit if self._memory and out_of_memory else None,
            traceback=self._read_last_words(pid),
            last_error=self._last_error,
            log=process.log,
            asked=self._asked,
            time=time.time(),
        )
        self._asked = False

    def _read_last_words(self, pid: int) -> str:
        if self._last_words is None:
            return ""
        path = self._last_words(pid)
        with contextlib.suppress(OSError):
            words = _end_of(path)
            path.unlink()
            return words
        return ""


def _end_of(path: Path) -> str:
    """What a file ends with that the application has left: not one that it links to, no pipe."""
    with open(path, "rb", opener=itself_at_once) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return ""
        file.seek(max(0, status.st_size - LONGEST))
        return file.read(LONGEST).decode("utf-8", "replace")
