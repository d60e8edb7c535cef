"""Helper processes that are spoken to in lines: words in, JSON out."""

from __future__ import annotations

import asyncio
import json
import select
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.daemon import ROOT

WITHIN = 60.0  # seconds for an answer


async def answer(greeting: Mapping[str, Any], state: Callable[[], Mapping[str, Any]]) -> None:
    """In the helper: say that it is ready, then answer each line until stdin ends."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(json.dumps(greeting), flush=True)
    while await reader.readline():
        print(json.dumps(state()), flush=True)


class Child:
    """`python -m MODULE ARGUMENTS...`, which greets with one line when it is ready."""

    def __init__(
        self,
        module: str,
        *arguments: object,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._log = log
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, *map(str, arguments)],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        try:
            self.greeting = self._read()
        except BaseException:
            self.stop()
            raise

    def tell(self, word: str) -> None:
        """Send a line that asks for no answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n".encode())
        self.process.stdin.flush()

    def ask(self, word: str = "") -> dict[str, Any]:
        """Send a line; returns its answer."""
        self.tell(word)
        return self._read()

    def stop(self) -> None:
        """End it, with what it started in its own process."""
        self.process.terminate()
        self.process.communicate(timeout=10)

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], WITHIN)
        line = self.process.stdout.readline() if ready else b""
        if not line:
            last = self._log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{self.process.args!r} gave no answer; its log ends:\n{last}")
        return dict(json.loads(line))
