"""A child that outlives its parent: spawned into a session of its own, or adopted by pid."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktopd.confinement.landlock import Wall, behind
from desktopd.errors import CannotEnd
from desktopd.session.errors import LaunchError
from desktopd.session.logs import open_log
from desktopd.session.procfs import start_time
from desktopd.signal_names import signal_name

_KILLED_WITHIN = 3.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exit:
    """How a process ended: `code` as in `subprocess.Popen.returncode`.

    None when it was adopted, or is being traced.
    """

    code: int | None

    def __str__(self) -> str:
        if self.code is None:
            return "ended"
        if self.code < 0:
            return f"killed by {signal_name(-self.code)}"
        return f"exited with status {self.code}"


class Process:
    """A running child, watched through a pid file descriptor.

    When it ends by itself, the rest of its process group is ended too, unless `keep_children`.
    One that does not lead a group is alone.
    """

    def __init__(
        self,
        pid: int,
        popen: subprocess.Popen[bytes] | None = None,
        *,
        started: int | None = None,
        keep_children: bool = False,
    ) -> None:
        """`started` is its start time, where that is known."""
        self.pid = pid
        self.keep_children = keep_children
        self._popen = popen
        self._exit: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        with ended_on_failure(popen):
            self.start_time = start_time(pid) if started is None else started
            try:
                self._pidfd = os.pidfd_open(pid)
            except ProcessLookupError:
                self._exit.set_result(self._reap())
            else:
                asyncio.get_running_loop().add_reader(self._pidfd, self._ended)

    @classmethod
    def adopt(cls, pid: int, started: int, *, keep_children: bool = False) -> Process | None:
        """The process that an earlier daemon started, None when it is gone."""
        if start_time(pid) != started:
            return None
        return cls(pid, started=started, keep_children=keep_children)

    @property
    def running(self) -> bool:
        """Whether the process has not ended yet."""
        return not self._exit.done()

    async def wait(self) -> Exit:
        """Wait until the process has ended."""
        return await asyncio.shield(self._exit)

    async def stop(self, within: float) -> Exit:
        """End the process and all of its session: SIGTERM, and SIGKILL after `within` seconds.

        Raises CannotEnd where it goes on, and is another user's.
        """
        return await self.stop_in_time(within) or await self.wait()

    async def stop_in_time(self, within: float) -> Exit | None:
        """The same, None where it is not over a little later, as a disk that is away keeps it."""
        self._signal(signal.SIGTERM)
        # One that was stopped hears nothing before it goes on.
        self._signal(signal.SIGCONT)
        return await self._wait(within) or await self._kill_in_time()

    async def end(self, within: float) -> None:
        """The same, as far as it can be."""
        try:
            await self.stop_in_time(within)
        except CannotEnd as error:
            log.warning("%s", error)

    async def kill(self) -> Exit:
        """End the process and all of its session at once. Raises CannotEnd as `stop` does."""
        return await self._kill_in_time() or await self.wait()

    async def _kill_in_time(self) -> Exit | None:
        if self._is_foreign():
            raise CannotEnd(self.pid)
        self._signal(signal.SIGKILL)
        if (ended := await self._wait(_KILLED_WITHIN)) is None:
            log.warning("process %d was killed and goes on: is a disk away?", self.pid)
        return ended

    async def _wait(self, within: float) -> Exit | None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                return await self.wait()
        return None

    def _signal(self, number: signal.Signals) -> None:
        if not self.running:
            return
        try:
            # A child leads a process group of its own; what it started goes with it.
            os.killpg(self.pid, number)
        except PermissionError:
            pass
        except ProcessLookupError:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(self.pid, number)

    def _is_foreign(self) -> bool:
        """Whether it is another user's, who has not been asked when its group was ended."""
        if not self.running:
            return False
        try:
            os.kill(self.pid, 0)
        except PermissionError:
            return True
        except ProcessLookupError:
            pass
        return False

    def end_group(self) -> None:
        """End what is left of its process group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        if not self._exit.done():
            self._exit.set_result(self._reap())

    def _reap(self) -> Exit:
        if not self.keep_children:
            self.end_group()
        # Whoever traces it (ptrace(2)) has it first, and keeps it as long as he likes.
        return Exit(self._popen.poll() if self._popen is not None else None)


def popen(
    argv: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    pass_fds: Sequence[int] = (),
    *,
    first_oom_victim: bool = False,
    umask: int = -1,
    nice: int = 0,
    folder: Path | None = None,
    wall: Wall | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own, its output appended to `log`.

    With `first_oom_victim` the kernel ends it before the others when memory is short; `nice` is
    for when cores are. It starts in `folder`, None: in that of this process; and behind `wall`.
    Raises LaunchError.
    """

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            argv,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=pass_fds,
            umask=umask,
        )

    with _output(log) as output, _launch_errors(argv[0]):
        child = start() if wall is None else behind(wall, start)
    with ended_on_failure(child):
        if first_oom_victim:
            _offer_to_oom_killer(child.pid)
        if nice:
            _be_nice(child.pid, nice)
    return child


@contextlib.contextmanager
def ended_on_failure(child: subprocess.Popen[bytes] | None) -> Iterator[None]:
    """Where the block fails nobody would know of the child, and the next try starts another one."""
    try:
        yield
    except BaseException:
        if child is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                os.killpg(child.pid, signal.SIGKILL)
                child.wait(_KILLED_WITHIN)
        raise


@contextlib.contextmanager
def _output(log: Path) -> Iterator[int]:
    try:
        output = open_log(log)
    except OSError as error:
        raise LaunchError(f"{log}: {error.strerror}; make room for logs there") from error
    try:
        yield output
    finally:
        os.close(output)


@contextlib.contextmanager
def _launch_errors(program: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if error.filename != program:
            raise LaunchError(f"{error.filename}: no such folder to start {program} in") from None
        if Path(program).exists():
            raise LaunchError(
                f"{program}: its first line (#!) names a program that is missing; name another"
            ) from None
        raise LaunchError(
            f"{program}: no such program; install it, `desktopd check` says how"
        ) from None
    except OSError as error:
        raise LaunchError(f"{program}: {error.strerror}{_remedy(program, error)}") from error


def _remedy(program: str, error: OSError) -> str:
    if error.errno == errno.EACCES:
        return f"; make it a program (chmod +x), or say what runs it, e.g. 'python {program}'"
    if error.errno == errno.ENOEXEC:
        return f"; say in its first line (#!), or before it, what runs it, e.g. 'python {program}'"
    return ""


def _offer_to_oom_killer(pid: int) -> None:
    """Raise the process's score (proc_pid_oom_score_adj(5)), if it still runs and is ours."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
        Path(f"/proc/{pid}/oom_score_adj").write_text("500")


def _be_nice(pid: int, nice: int) -> None:
    """Set the nice value of a process, and that of its session where the kernel counts by those.

    sched(7), "The autogroup feature": there the value of a process says nothing beyond its session.
    """
    # It may be another user's by now (setuid).
    with contextlib.suppress(ProcessLookupError, PermissionError):
        own = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, pid, min(19, own + nice))
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(nice))
