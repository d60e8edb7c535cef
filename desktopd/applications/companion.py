"""The daemon's end of the companion's socket: requests with deadlines, events, and reconnection.

The wire is that of `desktopd.integrations.napari.protocol`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from desktopd.applications.errors import CompanionAway, CompanionRefusal, CompanionSlow
from desktopd.applications.facts import checked
from desktopd.applications.layer import Layer
from desktopd.applications.lines import messages
from desktopd.observers import Observers

VERSION = 1
AGAIN = 0.2
MOST_ASKED = 16
"""Questions on their way: those behind wait here, where one that is given up costs nothing."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CompanionState:
    """What a companion told last: `methods` that it has, and `facts` such as its renderer.

    `ready`: there is a viewer, and what it was started with has been opened.
    """

    pid: int
    ready: bool
    methods: frozenset[str]
    facts: Mapping[str, Any]
    layers: tuple[Layer, ...] = ()


class CompanionClient:
    """The companion at `socket`, whichever process it is in."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._state: CompanionState | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._numbers = itertools.count()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._places = asyncio.Semaphore(MOST_ASKED)
        self._ready = asyncio.Event()
        self._changes = Observers[[]]()
        self._drafts = Observers[[]]()
        self._kept: dict[str, Mapping[str, Any]] = {}
        self.is_draft = False
        """What is shown is coarser than what comes when it rests; may be read in any thread."""

    @property
    def state(self) -> CompanionState | None:
        """What it told last; None while there is none."""
        return self._state

    def on_change(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` at each change of `state`; returns how to end that."""
        return self._changes.add(handler)

    def on_draft(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call `handler` when `is_draft` is told; returns how to end that."""
        return self._drafts.add(handler)

    def keep(self, method: str, params: Mapping[str, Any]) -> None:
        """Ask for this once more of each companion that comes, without waiting for its answer."""
        self._kept[method] = params

    async def ask(self, method: str, params: Mapping[str, Any], within: float) -> Any:
        """The result of `method`, waiting for a companion too, for at most `within` seconds.

        Raises CompanionAway, CompanionSlow or CompanionRefusal.
        """
        try:
            async with asyncio.timeout(within):
                await self._ready.wait()
                return await self._ask(method, params)
        except TimeoutError:
            if self._ready.is_set():
                raise CompanionSlow(f"no answer within {within:.0f} s") from None
            raise CompanionAway("the application is not ready") from None

    async def _ask(self, method: str, params: Mapping[str, Any]) -> Any:
        await self._places.acquire()
        if self._writer is None:
            self._places.release()
            raise CompanionAway("the application has ended")
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        # Not when whoever asks gives up: the companion works on.
        answer.add_done_callback(lambda _: self._answered(number))
        try:
            self._write(number, method, params)
            await self._writer.drain()
            return await asyncio.shield(answer)
        except ConnectionError:
            raise CompanionAway("the application has ended") from None

    def _answered(self, number: int) -> None:
        self._places.release()
        # Nobody may have waited for a refusal.
        self._answers.pop(number).exception()

    def _write(self, number: int, method: str, params: Mapping[str, Any]) -> None:
        if self._writer is not None:
            request = {"id": number, "method": method, "params": params}
            self._writer.write(json.dumps(request).encode() + b"\n")

    async def run(self) -> None:
        """Stay connected, through every restart of the application, until cancelled."""
        while True:
            with contextlib.suppress(OSError):
                reader, self._writer = await connect(self._socket)
                try:
                    await self._listen(reader)
                finally:
                    self._disconnected()
            await asyncio.sleep(AGAIN)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        try:
            async for message in messages(reader):
                self._hear(message)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            # A text of it may be as long as a line.
            log.error(
                "the companion is not understood: %s", f"{type(error).__name__}: {str(error)[:500]}"
            )

    def _hear(self, message: dict[str, Any]) -> None:
        if "id" in message:
            self._hear_answer(message)
        elif message["event"] == "state":
            self._hear_state(message["data"])
        elif message["event"] == "draft":
            self._show_draft(bool(message["data"]))
        elif message["event"] == "layers" and self._state is not None:
            self._become(replace(self._state, layers=message["data"]))

    def _hear_answer(self, message: dict[str, Any]) -> None:
        answer = self._answers.get(message["id"])
        if answer is None or answer.done():
            return
        if "error" in message:
            refused = message["error"]
            answer.set_exception(CompanionRefusal(refused["kind"], refused["message"]))
        else:
            answer.set_result(message["result"])

    def _hear_state(self, told: Any) -> None:
        facts = checked(told)
        if facts["version"] != VERSION:
            # An application that runs on while desktopd is upgraded under it.
            raise ValueError(f"version {facts['version']}: restart the application")
        layers = self._state.layers if self._state else ()
        methods = frozenset(facts["methods"])
        self._become(CompanionState(facts["pid"], facts["ready"], methods, facts, layers))

    def _become(self, state: CompanionState | None) -> None:
        if state == self._state:
            return
        self._state = state
        if state is not None and state.ready:
            if not self._ready.is_set():
                for method, params in self._kept.items():
                    self._write(next(self._numbers), method, params)
            self._ready.set()
        else:
            self._ready.clear()
        self._changes.call()

    def _show_draft(self, is_draft: bool) -> None:
        self.is_draft = is_draft
        self._drafts.call()

    def _disconnected(self) -> None:
        self._show_draft(False)
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError())
        self._become(None)


async def connect(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the socket at `path`; OSError for a link, which could lead to another daemon's."""
    place = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        return await asyncio.open_unix_connection(f"/proc/self/fd/{place}")
    finally:
        os.close(place)
