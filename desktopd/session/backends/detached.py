"""What the X servers share: they are spawned apart from the daemon, and waited for.

pyvirtualdisplay builds the command line and waits for ``-displayfd``. What differs here: output
goes to a log file and the server gets a session of its own, so that it lives on when the daemon
does not; the environment of this process stays as it is; and the display's number is given.

Tested by tests/x11/test_start.py.
"""

from __future__ import annotations

import os
import select
import subprocess
import time

from pyvirtualdisplay.abstractdisplay import AbstractDisplay, XStartError

from desktopd.confinement.display import display_wall
from desktopd.confinement.landlock import READ, Right, Rule, Wall, abi
from desktopd.confinement.own_sockets import OWN, keeping_umask
from desktopd.session.backends import display_numbers
from desktopd.session.backends.options import XServerOptions
from desktopd.session.errors import LaunchError
from desktopd.session.process import ended_on_failure, popen

START_WITHIN = 15.0

# No screen saver, no reset when the last client leaves (Xvfb forgets its modes then). The
# extensions are those that Qt and GL applications need.
_COMMON = (
    *("-nolisten", "tcp", "-noreset", "-s", "0"),
    *("+extension", "GLX", "+extension", "RANDR", "+extension", "RENDER"),
    *("+extension", "COMPOSITE", "+extension", "DAMAGE", "+extension", "XFIXES"),
)


def common_arguments(options: XServerOptions, number: int) -> list[str]:
    """Arguments that each of the X servers takes, for display `number`.

    It listens on the socket in the file system alone, or on the abstract one alone.
    """
    other = "unix" if options.unheard is None else "local"
    return [f":{number}", *_COMMON, "-nolisten", other, "-auth", str(options.authority)]


class DetachedDisplay(AbstractDisplay):  # type: ignore[misc]
    """An X server that outlives the daemon; `start` raises XStartError."""

    options: XServerOptions

    def _start1_has_displayfd(self) -> None:
        """As `pyvirtualdisplay` does it, which keeps both ends of its pipe where that fails."""
        read, self._pipe_wfd = os.pipe()
        try:
            self._command = self._cmd() + self._extra_args
            self._popen(use_pass_fds=True)
            self.display = int(self._wait_for_pipe_text(read))
        finally:
            os.close(read)
            os.close(self._pipe_wfd)
        self.new_display_var = f":{self.display}"

    def _popen(self, use_pass_fds: bool) -> None:
        if not use_pass_fds:
            raise LaunchError(f"{self._program}: too old, it has no -displayfd")
        options = self.options
        kept = [] if options.unheard is None else [options.unheard]
        descriptors, wall = [self._pipe_wfd, *kept], self._wall()

        def start() -> subprocess.Popen[bytes]:
            environment, log = options.environment, options.log
            return popen(self._command, environment, log, descriptors, umask=OWN, wall=wall)

        self._subproc = keeping_umask(start)

    def own_rules(self) -> tuple[Rule, ...]:
        """What a locked one is left of our files: those that a backend has besides are its own."""
        return (
            Rule(self.options.authority.resolve(), READ),
            Rule(display_numbers.SOCKETS.resolve(), Right.MAKE_SOCK | Right.REMOVE_FILE),
        )

    def _wall(self) -> Wall | None:
        """Where the kernel has none, and where none is asked for, there is none."""
        options = self.options
        if options.confinement is None or not abi():
            return None
        program = self._command[0]
        return display_wall(options.confinement, program, options.environment, self.own_rules())

    def _wait_for_pipe_text(self, rfd: int) -> str:
        """Read the display's number; pyvirtualdisplay itself would wait for ten minutes."""
        number, deadline = b"", time.monotonic() + START_WITHIN
        with ended_on_failure(self._subproc):
            while not number.endswith(b"\n"):
                given_up = self.options.given_up.is_set()
                if given_up or time.monotonic() > deadline:
                    within = "when nobody waited" if given_up else f"after {START_WITHIN:.0f} s"
                    raise XStartError(f"no display {within}")
                if select.select([rfd], [], [], 0.1)[0]:
                    number += os.read(rfd, 16)
                elif self._subproc.poll() is not None:
                    raise XStartError(f"exited with status {self._subproc.returncode}")
        return number.decode("ascii")

    @property
    def child(self) -> subprocess.Popen[bytes]:
        """The running server."""
        child: subprocess.Popen[bytes] = self._subproc
        return child
