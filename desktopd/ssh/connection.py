"""ssh to a host: it runs a script there, and forwards a port of this machine.

Host keys, passwords and jumps are ssh's own business, and its configuration's.
Tested by tests/deploy/test_ssh.py.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from desktopd.ssh.host_scripts import ADDRESS, SOCKET

ALIVE = ("-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3")
"""Options with which a connection is lost when it has been silent for so many seconds."""
OWN = ("-o", "RemoteCommand=none", "-o", "ClearAllForwardings=yes")
"""Options that keep out what ~/.ssh/config may ask for a shell on the host: before all others."""
# Of its own, so that no other session of the user's has to outlive this one.
_CONTROL = ("-o", "ControlMaster=yes", "-o", "ControlPersist=no")
_END_WITHIN = 5.0


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
        self, ssh: subprocess.Popen[str], control: Sequence[str], host: str, place: ListeningPlace
    ) -> None:
        self.place = place
        self._ssh = ssh
        self._control = control
        self._host = host

    def forward(self, port: int) -> None:
        """Have connections to this port of this machine reach the desktop's socket.

        Raises ConnectionFailed.
        """
        forward = ["-O", "forward", "-L", f"127.0.0.1:{port}:{self.place.socket}"]
        done = subprocess.run([*self._control, *forward, self._host], stdout=subprocess.DEVNULL)
        if done.returncode:
            raise ConnectionFailed(done.returncode)

    def wait(self) -> int:
        """The exit status of the script, such as host_scripts.ENDED; 255 for a lost connection."""
        return self._ssh.wait()


def run(host: str, options: Sequence[str], script: str, content: Path | None = None) -> int:
    """Run a script on the host; returns its exit status, or 255 where ssh failed.

    `content` is a file that becomes its stdin.
    """
    with open(content or os.devnull, "rb") as stdin:
        command = ["ssh", *OWN, *options, "-T", host, script]
        return subprocess.run(command, stdin=stdin).returncode


@contextmanager
def connected(
    host: str, options: Sequence[str], script: str, folder: Path
) -> Iterator[SshConnection]:
    """Run a script of host_scripts.start for as long as the block; raises ConnectionFailed.

    `folder` is private, and keeps the socket by which the connection is controlled.
    """
    path = ("-o", f"ControlPath={folder / 'control'}")
    command = ["ssh", *OWN, *path, *_CONTROL, *options, *ALIVE, "-T", host, script]
    ssh = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert ssh.stdout is not None
    try:
        place = _place(ssh.stdout)
        if place is None:
            raise ConnectionFailed(ssh.wait())
        yield SshConnection(ssh, ["ssh", "-F", "none", *path], host, place)
    finally:
        _end(ssh)


def _place(told: IO[str]) -> ListeningPlace | None:
    """What the script tells, among what the user's own profile may print; None at its end."""
    socket = ""
    for line in told:
        if said := after(SOCKET, line):
            socket = said
        elif socket and (path := after(f"{ADDRESS}{socket}", line)).startswith("/"):
            return ListeningPlace(socket, path)
    return None


def after(mark: str, line: str) -> str:
    """What follows a mark of host_scripts; empty without one. A profile may end no line of its."""
    return line.partition(mark)[2].strip()


def _end(ssh: subprocess.Popen[str]) -> None:
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
