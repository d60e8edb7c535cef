"""The one thread in which images are converted, each of which takes seconds and up to a gigabyte.

The threads that everything else shares would wait for each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache, partial
from typing import ParamSpec, TypeVar

from desktopd.threads import Threads
from desktopd.x11.selections import images
from desktopd.x11.selections.content import Content
from desktopd.x11.selections.images import PngImage
from desktopd.x11.selections.targets import Target

P = ParamSpec("P")
T = TypeVar("T")


@cache
def begin() -> Threads:
    """The thread, begun at the first call; raises NoThreads."""
    return Threads(1, "images")


async def in_turn(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What a call returns or raises in that thread, after those that were asked for before.

    Whoever is cancelled while it waits lets go of its arguments at once.
    """
    # The queue of the pool keeps what was cancelled until its turn comes.
    waiting = [partial(call, *args, **kwargs)]
    try:
        return await asyncio.get_running_loop().run_in_executor(begin(), lambda: waiting.pop()())
    finally:
        waiting.clear()


async def png(data: bytes, media_type: str) -> PngImage:
    """`images.to_png` in turn; of what is PNG already at once. Raises as that does."""
    if media_type == images.PNG:
        return PngImage.of(data)
    return await in_turn(images.to_png, data, media_type)


class WrittenForms:
    """A content as its slow targets, each written once for all who ask for it."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._written: dict[str, asyncio.Task[bytes]] = {}

    async def of(self, target: Target) -> bytes:
        """The content as `target`; raises ValueError where it cannot be written so."""
        task = self._written.get(target.name)
        if task is None:
            task = asyncio.create_task(in_turn(target.encode, self._content))
            self._written[target.name] = task
            task.add_done_callback(lambda task: self._note(target, task))
        return await asyncio.shield(task)

    def _note(self, target: Target, task: asyncio.Task[bytes]) -> None:
        """Have a lack that passes spoil no later request. Whoever asked may have left."""
        if task.cancelled() or isinstance(task.exception(), OSError | MemoryError):
            self._written.pop(target.name, None)
