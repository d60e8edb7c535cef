"""ssh to a host: it runs a script there, and forwards a unix socket of this machine.

Host keys, passwords and jumps are ssh's own business, and its configuration's.
Tested by tests/deploy/test_ssh.py.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from desktopd.ssh import beginning
from desktopd.ssh.host_scripts import ADDRESS, BEGUN, LINK_PATH, SOCKET, SOCKET_PATH

ALIVE = ("-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3")
"""Options with which a connection is lost when it has been silent for so many seconds."""
OWN = ("-o", "RemoteCommand=none", "-o", "ClearAllForwardings=yes")
"""Options that keep out what ~/.ssh/config may ask for a shell on the host: before all others."""
# Of its own, so that no other session of the user's has to outlive this one.
_CONTROL = ("-o", "ControlMaster=yes", "-o", "ControlPersist=no")
_END_WITHIN = 5.0
_LONGEST = 65_536
"""Bytes of a line: a host may end none, and would have all of the laptop's memory."""


class ConnectionFailed(Exception):
    """There was no desktop at the other end: `status` is that of ssh, or of the script."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class ListeningPlace:
    """Where a desktop listens on its host, and the path with which a browser opens it."""

    socket: str
    path: str


class SshConnection:
    """A connection on which a script has told of a desktop. The script ends with it."""

    def __init__(
        self, ssh: subprocess.Popen[bytes], control: Sequence[str], host: str, place: ListeningPlace
    ) -> None:
        self.place = place
        self._ssh = ssh
        self._control = control
        self._host = host

    def forward(self, way: Path) -> None:
        """Have connections to this unix socket of this machine reach that of the desktop.

        Raises ConnectionFailed.
        """
        # A connection that was lost leaves its own.
        way.unlink(missing_ok=True)
        forward = ["-O", "forward", "-L", f"{way}:{self.place.socket}"]
        done = subprocess.run([*self._control, *forward, self._host], stdout=subprocess.DEVNULL)
        if done.returncode:
            raise ConnectionFailed(done.returncode)

    def wait(self) -> int:
        """The exit status of the script, such as host_scripts.ENDED; 255 for a lost connection."""
        return self._ssh.wait()


def run(host: str, options: Sequence[str], script: str, content: Path) -> int:
    """Run a script on the host, with a file as its stdin; what it prints is printed here.

    Returns its exit status, 255 where ssh failed, or host_scripts.NOT_BEGUN.
    """
    command = ["ssh", *OWN, *options, "-T", host, script]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ssh:
        assert ssh.stdin is not None
        assert ssh.stdout is not None
        lines = _lines(ssh.stdout)
        if begun := _has_begun(host, lines):
            with suppress(BrokenPipeError), ssh.stdin, content.open("rb") as file:
                shutil.copyfileobj(file, ssh.stdin)
        for line in lines:
            sys.stdout.write(line)
            sys.stdout.flush()
    return beginning.status(ssh.returncode, begun=begun)


@contextmanager
def connected(
    host: str, options: Sequence[str], script: str, folder: Path
) -> Iterator[SshConnection]:
    """Run a script of host_scripts.start for as long as the block; raises ConnectionFailed.

    `folder` is private, and keeps the socket by which the connection is controlled.
    """
    path = ("-o", f"ControlPath={folder / 'control'}")
    command = ["ssh", *OWN, *path, *_CONTROL, *options, *ALIVE, "-T", host, script]
    ssh = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert ssh.stdout is not None
    try:
        lines = _lines(ssh.stdout)
        begun = _has_begun(host, lines)
        place = _place(lines)
        if place is None:
            raise ConnectionFailed(beginning.status(ssh.wait(), begun=begun))
        yield SshConnection(ssh, ["ssh", "-F", "none", *path], host, place)
    finally:
        _end(ssh)


def _lines(pipe: IO[bytes]) -> Iterator[str]:
    """What is printed there, in whatever encoding; a line that is too long comes in pieces."""
    while line := pipe.readline(_LONGEST):
        yield line.decode(errors="replace")


def _has_begun(host: str, told: Iterator[str]) -> bool:
    """Pass over what the user's profile prints; False where nothing else has come."""
    with beginning.told_when_slow(host):
        return any(BEGUN in line for line in told)


def _place(told: Iterator[str]) -> ListeningPlace | None:
    """What the script tells; None at its end."""
    socket = ""
    for line in told:
        if SOCKET_PATH.fullmatch(said := after(SOCKET, line)):
            socket = said
        elif socket and LINK_PATH.fullmatch(path := after(f"{ADDRESS}{socket}", line)):
            return ListeningPlace(socket, path)
    return None


def after(mark: str, line: str) -> str:
    """What follows a mark of host_scripts; empty without one. A profile may end no line of its."""
    return line.partition(mark)[2].strip()


def _end(ssh: subprocess.Popen[bytes]) -> None:
    """The end of stdin ends the script, and that the connection; what hangs is killed."""
    for pipe in (ssh.stdin, ssh.stdout):
        with suppress(BrokenPipeError):
            assert pipe is not None
            pipe.close()
    try:
        ssh.wait(_END_WITHIN)
    except subprocess.TimeoutExpired:
        ssh.kill()
        ssh.wait()
