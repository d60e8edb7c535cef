"""A desktop in a job, kept open from here: through the queue, and after a connection that is lost.

Tested by tests/deploy/test_slurm.py.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopd.multiplexer import Multiplexer
from desktopd.ssh import page
from desktopd.ssh.host_scripts import NOT_BEGUN, NOT_INSTALLED
from desktopd.ssh.session import LONGEST_PAUSE
from desktopd.ssh.slurm import scripts
from desktopd.ssh.slurm.connection import JobConnection, Listeners, connected
from desktopd.ssh.slurm.job import Job
from desktopd.ssh.status_line import StatusLine

_CONNECTION_LOST = 255
_MAY_PASS = (_CONNECTION_LOST, NOT_BEGUN, scripts.LOST, scripts.SILENT)
_STAGES = {
    "daemon": "the desktop is being started",
    "display": "the display is being started",
    "window_manager": "the window manager is being started",
    "application": "the application is being started",
    "first_frame": "waiting for the first picture of the application",
}
_SENTENCES = {
    scripts.NO_SLURM: "{host} has no sbatch: give the login node of a cluster with Slurm.",
    scripts.REFUSED: "Slurm has taken no job; why stands above, in its own words.",
    scripts.SILENT: "Slurm does not answer on {host}; what it said stands above.",
}


@dataclass(frozen=True, slots=True)
class WantedJob:
    """The desktop that is to be opened: on `port` of this machine (0: a free one).

    `options` are ssh's, `sbatch` and `settings` those of the job and its desktop if none is there.
    """

    host: str
    options: Sequence[str]
    name: str
    sbatch: Sequence[str]
    settings: Sequence[str]
    port: int
    browser: bool


class JobSession:
    """One desktop in a job, for as long as somebody keeps it open from here."""

    def __init__(self, wanted: WantedJob, line: StatusLine) -> None:
        self._wanted = wanted
        self._line = line
        self._job: Job | None = None
        self._carrier: Multiplexer | None = None
        self._told = ""
        self._reached = False

    async def keep(self, folder: Path) -> int:
        """Keep the desktop reachable until it ends; returns the exit status.

        `folder` is private, and holds the page that a browser is sent to.
        """
        try:
            server = await asyncio.start_server(self._carry, "127.0.0.1", self._wanted.port)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            self._line.say(f"--port {self._wanted.port}: {reason}; choose another")
            return 1
        port, pause = server.sockets[0].getsockname()[1], 1.0
        async with server:
            while True:
                reached, status = await self._attempt(f"http://127.0.0.1:{port}", folder)
                if status not in _MAY_PASS or not self._job:
                    return self._ended(status)
                pause = 1.0 if reached else min(2 * pause, LONGEST_PAUSE)
                self._line.say(f"The connection is lost, the job goes on; again in {pause:.0f} s.")
                await asyncio.sleep(pause)

    async def _attempt(self, base: str, folder: Path) -> tuple[bool, int]:
        """Follow the job as far as it goes; whether its desktop was reached, and how it ended."""
        wanted = self._wanted
        job = self._job.id if self._job else ""
        script = scripts.open_desktop(wanted.name, wanted.sbatch, wanted.settings, job)
        listeners = Listeners(self._hear, self._hear_stage, self._hear_other)
        self._reached = False
        async with connected(wanted.host, wanted.options, script, listeners) as connection:
            found = await connection.desktop()
            if found is None:
                return False, await connection.status()
            path, self._carrier = found
            self._reached = True
            try:
                return await self._open(connection, base + path, folder)
            finally:
                self._carrier = None

    async def _open(
        self, connection: JobConnection, address: str, folder: Path
    ) -> tuple[bool, int]:
        assert self._carrier is not None
        carrying = asyncio.ensure_future(connection.carry(self._carrier))
        try:
            self._tell(address, folder)
            await carrying
        finally:
            carrying.cancel()
        return True, await connection.status()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry a connection of the browser; without a desktop it is closed, and tried again."""
        if self._carrier is None:
            writer.close()
        else:
            await self._carrier.carry(reader, writer)

    def _hear(self, job: Job) -> None:
        self._job = job
        if job.is_under_way:
            self._line.show(str(job))

    def _hear_stage(self, stage: str) -> None:
        self._line.show(f"{self._job or self._wanted.host} {_STAGES.get(stage, stage)}".strip())

    def _hear_other(self, words: str) -> None:
        # That the end of a job ends its step as well is said in many words.
        if not (self._reached and words.startswith(("srun: ", "slurmstepd"))):
            self._line.say(words)

    def _tell(self, address: str, folder: Path) -> None:
        self._line.say(f"The desktop is here. {self._job or ''}".strip())
        # The page that is open comes back by itself, unless the desktop is another one.
        if address == self._told:
            return
        self._told = address
        print(f"\n    {address}\n", flush=True)
        if self._wanted.browser and not page.show(page.write(folder, address)):
            self._line.say("No browser was found here: open that address in one.")

    def _ended(self, status: int) -> int:
        if status == scripts.OVER and self._job is not None:
            self._line.say(str(self._job))
            return 0 if self._job.has_ended_well else 1
        if status in _SENTENCES:
            self._line.say(_SENTENCES[status].format(host=self._wanted.host))
        return status if status in (NOT_INSTALLED, NOT_BEGUN, _CONNECTION_LOST) else 1


def keep(wanted: WantedJob) -> int:
    """Keep the desktop of a job reachable until interrupted, or until it ends.

    Returns 0 when its user has ended it, else an exit status.
    """
    line = StatusLine()
    with tempfile.TemporaryDirectory(prefix="desktopd-") as folder, line:
        return asyncio.run(JobSession(wanted, line).keep(Path(folder)))


def control(host: str, options: Sequence[str], action: str, name: str) -> int:
    """Tell of the job or end it, or the desktop of the host itself; returns the exit status."""
    line = StatusLine()
    with line:
        return asyncio.run(_control(host, options, scripts.control(action, name), line))


async def _control(host: str, options: Sequence[str], script: str, line: StatusLine) -> int:
    jobs: list[Job] = []
    listeners = Listeners(jobs.append, line.show, line.say)
    async with connected(host, options, script, listeners) as connection:
        async for said in connection.words():
            print(said, flush=True)
        status = await connection.status()
    if jobs:
        print(jobs[-1], flush=True)
    if status == scripts.SILENT:
        line.say(_SENTENCES[status].format(host=host))
    return status
