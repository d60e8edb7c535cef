"""X servers on virtual displays, as pyvirtualdisplay subclasses.

pyvirtualdisplay builds the command line and waits for ``-displayfd``. What differs here: output
goes to a log file and the server gets a session of its own, so that it lives on when the daemon
does not; the environment of this process stays as it is; and the display's number is given.
A server that looks for a free number itself (``-displayfd`` alone) makes no lock, and without an
abstract socket it takes over the socket of whoever has that number already.
"""

from __future__ import annotations

import os
import secrets
import select
import socket
import struct
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyvirtualdisplay.abstractdisplay import AbstractDisplay, XStartError
from pyvirtualdisplay.xvfb import XvfbDisplay
from pyvirtualdisplay.xvnc import XvncDisplay

from desktopd.geometry import Size
from desktopd.session.errors import LaunchError
from desktopd.session.logs import tail
from desktopd.session.process import popen

START_WITHIN = 15.0
SOCKETS = Path("/tmp/.X11-unix")
XORG = ("/usr/lib/xorg/Xorg", "/usr/libexec/Xorg", "/usr/bin/Xorg")
FAMILY_LOCAL, FAMILY_WILD = 256, 65535

FIRST_NUMBER = 10

# No listener but the socket in the file system, no screen saver, no reset when the last client
# leaves (Xvfb forgets its modes then). The extensions are those that Qt and GL applications need.
COMMON = (
    *("-nolisten", "tcp", "-nolisten", "local", "-noreset", "-s", "0"),
    *("+extension", "GLX", "+extension", "RANDR", "+extension", "RENDER"),
    *("+extension", "COMPOSITE", "+extension", "DAMAGE", "+extension", "XFIXES"),
)


@dataclass(frozen=True, slots=True)
class XServerOptions:
    """What every X server is started with: `largest` is the limit of later resizes."""

    size: Size
    largest: Size
    dpi: int
    folder: Path
    environment: Mapping[str, str]

    @property
    def authority(self) -> Path:
        """The cookie file."""
        return self.folder / "Xauthority"

    @property
    def log(self) -> Path:
        """Where the X server's output goes."""
        return self.folder / "display.log"

    @property
    def rfb_socket(self) -> Path:
        """Where Xvnc serves RFB."""
        return self.folder / "rfb.sock"


class _Detached(AbstractDisplay):  # type: ignore[misc]
    """What the three servers share: how they are spawned and waited for."""

    options: XServerOptions

    def _popen(self, use_pass_fds: bool) -> None:
        if not use_pass_fds:
            raise LaunchError(f"{self._program}: too old, it has no -displayfd")
        self._subproc = popen(
            self._command, self.options.environment, self.options.log, [self._pipe_wfd]
        )

    def _wait_for_pipe_text(self, rfd: int) -> str:
        """Read the display's number; pyvirtualdisplay itself would wait for ten minutes."""
        number, deadline = b"", time.monotonic() + START_WITHIN
        try:
            while not number.endswith(b"\n"):
                if time.monotonic() > deadline:
                    self._subproc.kill()
                    raise XStartError(f"no display after {START_WITHIN:.0f} s")
                if select.select([rfd], [], [], 0.1)[0]:
                    number += os.read(rfd, 16)
                elif self._subproc.poll() is not None:
                    raise XStartError(f"exited with status {self._subproc.returncode}")
        except XStartError:
            os.close(rfd)
            os.close(self._pipe_wfd)
            self._subproc.wait()
            raise
        return number.decode("ascii")

    @property
    def child(self) -> subprocess.Popen[bytes]:
        """The running server."""
        child: subprocess.Popen[bytes] = self._subproc
        return child


class Xvfb(_Detached, XvfbDisplay):  # type: ignore[misc]
    """Xvfb, whose first size is the largest it can ever have."""

    def __init__(self, options: XServerOptions, number: int) -> None:
        self.options = options
        XvfbDisplay.__init__(
            self,
            size=(options.largest.width, options.largest.height),
            dpi=options.dpi,
            manage_global_env=False,
            extra_args=[f":{number}", *COMMON, "-auth", str(options.authority)],
        )


class Xvnc(_Detached, XvncDisplay):  # type: ignore[misc]
    """TigerVNC's Xvnc: X server and RFB server in one, on a unix socket."""

    def __init__(self, options: XServerOptions, number: int) -> None:
        self.options = options
        XvncDisplay.__init__(
            self,
            size=(options.size.width, options.size.height),
            rfbport=-1,
            manage_global_env=False,
            extra_args=[
                f":{number}",
                *COMMON,
                *("-auth", str(options.authority), "-dpi", str(options.dpi)),
                *("-rfbunixpath", str(options.rfb_socket), "-rfbunixmode", "0600"),
                *("-AlwaysShared", "-FrameRate", "120", "-desktop", "desktopd"),
                # The clipboard goes by the daemon, in UTF-8 and by the viewer's role.
                *("-AcceptCutText=0", "-SendCutText=0", "-SetPrimary=0", "-SendPrimary=0"),
            ],
        )


class Xdummy(_Detached):
    """Xorg with the dummy driver: the only one whose DPI can change while it runs."""

    def __init__(self, options: XServerOptions, number: int) -> None:
        self.options = options
        program = next((path for path in XORG if os.access(path, os.X_OK)), None)
        if program is None:
            raise LaunchError("Xorg: no such program; install xserver-xorg-core")
        AbstractDisplay.__init__(
            self,
            program,
            use_xauth=False,
            retries=1,
            extra_args=[
                f":{number}",
                *COMMON,
                *("-auth", str(options.authority), "-dpi", str(options.dpi)),
            ],
            manage_global_env=False,
        )

    def _cmd(self) -> list[str]:
        config = self.options.folder / "xorg.conf"
        config.write_text(xorg_conf(self.options.size, self.options.largest), "utf-8")
        return [
            self._program,
            *("-config", str(config), "-logfile", str(self.options.folder / "xorg.log")),
            *("-novtswitch", "-sharevts", "-displayfd", str(self._pipe_wfd)),
        ]


BACKENDS = {"xvfb": Xvfb, "xdummy": Xdummy, "xvnc": Xvnc}


def start(backend: str, options: XServerOptions) -> tuple[str, subprocess.Popen[bytes]]:
    """Start an X server and wait until it has taken a display. Blocks.

    Returns the display's name, such as ``:7``, and the server's process.
    Raises LaunchError with the end of the server's log.
    """
    _make_socket_folder()
    remove_dead_locks()
    for number in _free_numbers():
        write_authority(options.authority, number)
        since = options.log.stat().st_size if options.log.exists() else 0
        try:
            display = BACKENDS[backend](options, number)
            display.start()
        except FileNotFoundError as error:
            raise LaunchError(
                f"{error.filename}: no such program; install it, `desktopd check` says how"
            ) from None
        except XStartError as error:
            if _lock(number).exists():
                # Somebody else was faster with this number.
                continue
            raise LaunchError(f"{backend}: {error}\n{tail(options.log, since)}".rstrip()) from None
        return display.new_display_var, display.child
    raise LaunchError(f"{backend}: every display number is taken; end some X servers")


def _free_numbers() -> Iterator[int]:
    """Numbers of displays that nobody locks and nobody serves."""
    for number in range(FIRST_NUMBER, 60_000):
        if not _lock(number).exists() and not _serves(number):
            yield number


def _lock(number: int) -> Path:
    return Path(f"/tmp/.X{number}-lock")


def _serves(number: int) -> bool:
    """Whether a server without a lock listens, on the socket in the file system or abstract."""
    path = f"{SOCKETS}/X{number}"
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(address)
            except (FileNotFoundError, ConnectionRefusedError):
                continue
            except OSError:
                pass
            return True
    return False


def write_authority(path: Path, number: int) -> None:
    """Write a fresh MIT-MAGIC-COOKIE-1 for display `number`, readable by us alone.

    One entry is for this host by its name, which is all that some clients look for; one of family
    FamilyWild (Xau(7)) holds whatever the host is called.
    """
    name, cookie = b"MIT-MAGIC-COOKIE-1", secrets.token_bytes(16)
    entries = b""
    for family, address in ((FAMILY_LOCAL, os.uname().nodename.encode()), (FAMILY_WILD, b"")):
        entries += struct.pack(">H", family)
        for field in (address, str(number).encode(), name, cookie):
            entries += struct.pack(">H", len(field)) + field
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(entries)
    fresh.replace(path)


def remove_dead_locks() -> None:
    """Delete our own locks and sockets of displays whose server is gone."""
    for lock in Path("/tmp").glob(".X*-lock"):
        try:
            if lock.stat().st_uid != os.getuid():
                continue
            pid = int(lock.read_text())
            if not Path(f"/proc/{pid}").exists():
                (SOCKETS / f"X{lock.name[2:-5]}").unlink(missing_ok=True)
                lock.unlink(missing_ok=True)
        except (OSError, ValueError):
            # Another server is making or removing it at this moment.
            continue


def _make_socket_folder() -> None:
    try:
        SOCKETS.mkdir()
        SOCKETS.chmod(0o1777)
    except FileExistsError:
        pass


def xorg_conf(size: Size, largest: Size) -> str:
    """Configuration of Xorg for the dummy driver, without any input device."""
    kilobytes = largest.width * largest.height * 4 // 1024 + 1024
    return f"""\
Section "ServerFlags"
    Option "AutoAddDevices" "false"
    Option "AutoEnableDevices" "false"
    Option "AutoAddGPU" "false"
    Option "DontVTSwitch" "true"
    Option "DontZap" "true"
    Option "BlankTime" "0"
EndSection
Section "Device"
    Identifier "dummy"
    Driver "dummy"
    VideoRam {kilobytes}
EndSection
Section "Monitor"
    Identifier "monitor"
    HorizSync 1.0-2000.0
    VertRefresh 1.0-240.0
    Option "DPMS" "false"
EndSection
Section "Screen"
    Identifier "screen"
    Device "dummy"
    Monitor "monitor"
    DefaultDepth 24
    SubSection "Display"
        Depth 24
        Virtual {size.width} {size.height}
    EndSubSection
EndSection
"""
