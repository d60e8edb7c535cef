"""ssh to a login node: it follows the job, and its pipes then carry the connections to the desktop.

Tested by tests/deploy/test_slurm.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from desktopd.multiplexer import BrokenFrame, Multiplexer
from desktopd.ssh import beginning
from desktopd.ssh.connection import ALIVE, OWN, after
from desktopd.ssh.host_scripts import ADDRESS, BEGUN, LINK_PATH
from desktopd.ssh.slurm.job import Job, parse
from desktopd.ssh.slurm.scripts import COMMAND, JOB

STAGE = "desktopd-stage "
"""How the relay's lines begin that tell what is being started."""
# Of its own: a shared one that the network has left would not be noticed, nor be got round.
_ALONE = ("-o", "ControlPath=none")
_END_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told: of the job, of a stage of the desktop, and of what else is said on stderr."""

    job: Callable[[Job], None]
    stage: Callable[[str], None]
    other: Callable[[str], None]


class JobConnection:
    """A running ssh. Nothing but what the desktop's user types at its host's prompts is asked."""

    def __init__(self, ssh: asyncio.subprocess.Process, listeners: Listeners) -> None:
        self._ssh = ssh
        self._listeners = listeners
        assert ssh.stdout is not None
        assert ssh.stdin is not None
        self._stdout, self._stdin = ssh.stdout, ssh.stdin
        self._words = asyncio.ensure_future(self._hear())
        self._begun = False

    async def begin(self, host: str, script: str) -> None:
        """Send the script once the profile of the host's user is through."""
        told = beginning.slow(host)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(beginning.SLOW_AFTER, self._listeners.other, told)
        while not self._begun and (line := await _line(self._stdout)):
            self._begun = BEGUN in line
        timer.cancel()
        if self._begun:
            with suppress(OSError):
                self._stdin.write(script.encode())
                await self._stdin.drain()

    async def desktop(self) -> tuple[str, Multiplexer] | None:
        """The path that a browser opens, and what carries to it; None where there is no desktop."""
        while line := await _line(self._stdout):
            if stage := after(STAGE, line):
                self._listeners.stage(stage)
            elif LINK_PATH.fullmatch(path := after(ADDRESS, line)):
                return path, Multiplexer(self._stdout, self._stdin)
        return None

    async def words(self) -> AsyncIterator[str]:
        """The lines of stdout, of a script that opens no desktop."""
        while line := await _line(self._stdout):
            yield line.rstrip("\n")

    async def carry(self, multiplexer: Multiplexer) -> None:
        """Carry until the connection is over, or what arrives is none of the relay's."""
        with suppress(BrokenFrame):
            await multiplexer.run()
        self._stdin.close()

    async def status(self) -> int:
        """The exit status of login.sh, or of what kept it from beginning; all words are heard."""
        await self._words
        return beginning.status(await self._ssh.wait(), begun=self._begun)

    async def end(self) -> None:
        """The end of stdin ends the relay, and that the connection; what hangs is killed."""
        self._stdin.close()
        try:
            async with asyncio.timeout(_END_WITHIN):
                await self._ssh.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._ssh.kill()
            await self._ssh.wait()
        self._words.cancel()
        await asyncio.wait([self._words])

    async def _hear(self) -> None:
        assert self._ssh.stderr is not None
        while line := await _line(self._ssh.stderr):
            if job := after(JOB, line):
                self._listeners.job(parse(job))
            else:
                self._listeners.other(line.rstrip())


async def _line(told: asyncio.StreamReader) -> str:
    """The next line, in whatever encoding, or the end of one that is too long; empty: no more."""
    while True:
        # What has come of a line is forgotten where it exceeds the reader's limit.
        with suppress(ValueError):
            return (await told.readline()).decode(errors="replace")


@asynccontextmanager
async def connected(
    host: str, options: Sequence[str], script: str, listeners: Listeners
) -> AsyncIterator[JobConnection]:
    """Run a script of `desktopd.ssh.slurm.scripts` at the host, for as long as the block."""
    ssh = await asyncio.create_subprocess_exec(
        *("ssh", *OWN, *_ALONE, *options, *ALIVE, "-T", host, COMMAND),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**20,
    )
    connection = JobConnection(ssh, listeners)
    try:
        await connection.begin(host, script)
        yield connection
    finally:
        await connection.end()
