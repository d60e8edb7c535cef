"""What a running daemon tells about itself, on a unix socket in its runtime folder.

Whoever can open the socket owns the folder. The socket also names the process behind it, which
no file could do safely: pids are used again.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from desktopd.background_tasks import BackgroundTasks
from desktopd.descriptors import accept
from desktopd.session.errors import SessionError
from desktopd.session.folder import in_the_way, require_own
from desktopd.sockets import listen_unix

# No longer than the longest, whose length make_private checks.
NAME = "ctl.sock"
ANSWER_WITHIN = 3.0
_UCRED = struct.Struct("3i")


@dataclass(frozen=True, slots=True)
class Report:
    """`address` is for a browser, `vnc` for VNC viewers; `viewers` are the roles of those here."""

    address: str = field(repr=False)
    port: int | None
    vnc: str | None
    stage: str
    viewers: tuple[str, ...]


_REPORT = TypeAdapter(Report)


class Reporter:
    """The daemon's end: answers each connection with `report` and closes it.

    Listens from now on, in a folder that is claimed; raises SessionError.
    """

    def __init__(self, folder: Path, report: Callable[[], Report]) -> None:
        self._path = folder / NAME
        self._report = report
        try:
            self._path.unlink(missing_ok=True)
            self._sock = listen_unix(self._path)
        except OSError as error:
            error.filename = str(self._path)
            raise in_the_way(error) from None

    async def serve(self) -> None:
        """Answer until cancelled."""
        answers = BackgroundTasks()
        with _kept(self._path.parent), self._sock:
            try:
                while True:
                    asker, _ = await accept(self._sock, "who asks for the daemon's state")
                    answers.start(self._answer(asker))
            finally:
                self._path.unlink(missing_ok=True)
                await answers.end()

    async def _answer(self, asker: socket.socket) -> None:
        _, writer = await asyncio.open_unix_connection(sock=asker)
        with contextlib.suppress(ConnectionError):
            writer.write(json.dumps(asdict(self._report())).encode())
            writer.close()
            await writer.wait_closed()


@contextmanager
def _kept(folder: Path) -> Iterator[None]:
    """Have systemd-tmpfiles, which cleans /tmp, pass by: it skips what is locked."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class RunningDaemon:
    """A living daemon: `pidfd` stays with its process; `report` is None when it does not answer."""

    pid: int
    pidfd: int
    report: Report | None


@contextmanager
def find_daemon(folder: Path) -> Iterator[RunningDaemon | None]:
    """The daemon of a runtime folder; None when there is none.

    Raises SessionError when it is out of reach: another user's, or in another container. Somebody
    else could play it where he has made the folder before us, as one of a job with a known number.
    """
    with socket.socket(socket.AF_UNIX) as sock, contextlib.ExitStack() as stack:
        sock.settimeout(ANSWER_WITHIN)
        try:
            require_own(folder)
            sock.connect(str(folder / NAME))
            pid, uid, _ = _UCRED.unpack(
                sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
            )
            if uid != os.getuid():
                raise PermissionError(f"{NAME} is another user's")
            if not pid:
                raise SessionError(f"{folder}: its desktopd runs in another container")
            pidfd = os.pidfd_open(pid)
            stack.callback(os.close, pidfd)
            found = _ask(sock, pid, pidfd)
        except (FileNotFoundError, NotADirectoryError, ConnectionError, ProcessLookupError):
            found = None
        except (BlockingIOError, TimeoutError):
            # More have asked one that hangs than its socket keeps.
            raise SessionError(
                f"{folder}: its desktopd does not answer; kill -KILL the pid in {folder / 'lock'}"
            ) from None
        except OSError as error:
            raise SessionError(f"{folder}: {error.strerror or error}; it is not yours") from None
        yield found


def _ask(sock: socket.socket, pid: int, pidfd: int) -> RunningDaemon | None:
    """Hear the report. Only a daemon that still lives answers, or keeps the connection open.

    One of another version may tell other things: it is there all the same.
    """
    told, deadline = b"", time.monotonic() + ANSWER_WITHIN
    try:
        while more := sock.recv(4096):
            told += more
            sock.settimeout(max(0.01, deadline - time.monotonic()))
    except TimeoutError:
        return RunningDaemon(pid, pidfd, None)
    if not told:
        return None
    try:
        return RunningDaemon(pid, pidfd, _REPORT.validate_json(told))
    except ValueError:
        return RunningDaemon(pid, pidfd, None)
