"""What the source and the target of a drag say to each other, from XdndEnter to XdndFinished."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from Xlib.protocol import event as core

from desktopd.x11.connection import Connection, Display, Event, x_errors
from desktopd.x11.selections import xdnd
from desktopd.x11.selections.drop_target import DropTarget
from desktopd.x11.selections.properties import Window

# How long a target may take to say whether it would take the drop, and then to take it, in
# seconds. A program may read a whole file before it says that it has taken it.
STATUS_SECONDS = 5.0
FINISH_SECONDS = 40.0
# A target that first has to look at what is dragged refuses at the start: it is asked again.
POSITIONS = 8
POSITION_SECONDS = 0.1

ALIVE_SECONDS = 1.0


class DropResult(StrEnum):
    """What became of a drop."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NO_TARGET = "no_target"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class Negotiation:
    """One drag from the window `source` over `target`, which gets to know of it by `run`.

    `requests` tells how often others have asked for what is dragged.
    """

    connection: Connection
    source: Window
    target: DropTarget
    requests: Callable[[], int]

    async def run(self, x: int, y: int, time: int, types: list[int]) -> DropResult:
        """Drop at a pixel of the screen what the target can have as `types`, which are atoms.

        `time` is that of the X server. XRequestError when the target goes meanwhile.
        """
        source = self.source.id
        with self.connection.collect(self._is_answer) as answers:
            await self._say(xdnd.ENTER, xdnd.enter(source, self.target.version, types))
            result = DropResult.TIMED_OUT
            try:
                where = xdnd.position(source, x, y, time, await self._atom(xdnd.COPY))
                result = await self._ask(answers, where)
            finally:
                if result is not DropResult.ACCEPTED:
                    leave = xdnd.leave(source)
                    self.connection.post(partial(_send, self.target, xdnd.LEAVE, leave))
            if result is not DropResult.ACCEPTED:
                return result
            before = self.requests()
            await self._say(xdnd.DROP, xdnd.drop(source, time))
            result = await self._finish(answers)
            # A Qt program that takes what was dropped and does not accept the event, such as
            # napari, says that the drop failed.
            taken = result is DropResult.REFUSED and self.requests() > before
            return DropResult.ACCEPTED if taken else result

    async def _ask(self, answers: asyncio.Queue[Event], where: xdnd.Words) -> DropResult:
        """Whether the target would take the drop."""
        for _ in range(POSITIONS):
            await self._say(xdnd.POSITION, where)
            accepted = await self._next(answers, xdnd.STATUS, STATUS_SECONDS)
            if accepted is None:
                return DropResult.TIMED_OUT
            if accepted:
                return DropResult.ACCEPTED
            await asyncio.sleep(POSITION_SECONDS)
        return DropResult.REFUSED

    async def _finish(self, answers: asyncio.Queue[Event]) -> DropResult:
        """Whether the target has taken the drop."""
        waited = 0.0
        while waited < FINISH_SECONDS:
            accepted = await self._next(answers, xdnd.FINISHED, ALIVE_SECONDS)
            if accepted is not None:
                return DropResult.ACCEPTED if accepted else DropResult.REFUSED
            await self.connection.call(partial(_check, self.target.window))
            waited += ALIVE_SECONDS
        return DropResult.TIMED_OUT

    async def _next(self, answers: asyncio.Queue[Event], kind: str, seconds: float) -> bool | None:
        """What the next answer of this kind says; None when none comes in time."""
        wanted = await self._atom(kind)
        try:
            async with asyncio.timeout(seconds):
                while (event := await answers.get()).client_type != wanted:
                    pass
        except TimeoutError:
            return None
        return xdnd.is_accepted(kind, tuple(event.data[1]), self.target.version)

    def _is_answer(self, event: Event) -> bool:
        return (
            isinstance(event, core.ClientMessage)
            and event.window.id == self.source.id
            and event.data[0] == 32
            and event.data[1][0] == self.target.window.id
        )

    async def _say(self, kind: str, words: xdnd.Words) -> None:
        await self.connection.call(partial(_send, self.target, kind, words))

    async def _atom(self, name: str) -> int:
        return await self.connection.call(lambda display: int(display.get_atom(name)))


# From here on: run in the X thread.


def _send(target: DropTarget, kind: str, words: xdnd.Words, display: Display) -> None:
    message = core.ClientMessage(
        window=target.window, client_type=display.get_atom(kind), data=(32, [*words])
    )
    with x_errors(display, f"SendEvent {kind} to window {target.receiver.id:#x}"):
        target.receiver.send_event(message)


def _check(window: Window, display: Display) -> None:
    with x_errors(display, f"GetGeometry of window {window.id:#x}"):
        window.get_geometry()
