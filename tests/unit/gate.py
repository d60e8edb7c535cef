"""A call that lasts until the test lets it go on."""

from __future__ import annotations

import threading

from tests.unit.turns import until


class Gate:
    """Holds the calls of threads up until `open` is set; `begun` are their names."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.open = threading.Event()

    def call(self, name: str = "") -> str:
        self.begun.append(name)
        self.open.wait(30)
        return name

    async def has_begun(self, calls: int) -> None:
        await until(lambda: len(self.begun) >= calls)
