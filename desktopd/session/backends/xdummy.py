"""Xdummy, which is Xorg with the dummy driver: the only one whose DPI can change while it runs."""

from __future__ import annotations

import os
from pathlib import Path

from pyvirtualdisplay.abstractdisplay import AbstractDisplay

from desktopd.confinement.landlock import READ, Rule
from desktopd.geometry import Size
from desktopd.kept_file import write_kept
from desktopd.session.backends.backend import Backend
from desktopd.session.backends.detached import DetachedDisplay, common_arguments
from desktopd.session.backends.options import XServerOptions
from desktopd.session.errors import LaunchError
from desktopd.session.program import Program

# The server itself, before the wrapper in the path, which lets in users of a console alone.
XORG = Program(("/usr/lib/xorg/Xorg", "/usr/libexec/Xorg", "/usr/bin/Xorg"), "xserver-xorg-core")


class Xdummy(DetachedDisplay):
    """Xorg(1) with a configuration of ours."""

    def __init__(self, options: XServerOptions, number: int) -> None:
        self.options = options
        program = next((path for path in XORG.names if os.access(path, os.X_OK)), None)
        if program is None:
            raise LaunchError(f"Xorg: no such program; install {XORG.package}")
        AbstractDisplay.__init__(
            self,
            program,
            use_xauth=False,
            retries=1,
            extra_args=[*common_arguments(options, number), "-dpi", str(options.dpi)],
            manage_global_env=False,
        )

    def _cmd(self) -> list[str]:
        write_kept(self._config, xorg_conf(self.options.size, self.options.largest).encode())
        return [
            self._program,
            # To the log that all services have, which is kept small, and not to one of its own.
            *("-config", str(self._config), "-logfile", "/dev/null", "-verbose", "3"),
            *("-novtswitch", "-sharevts", "-displayfd", str(self._pipe_wfd)),
        ]

    def own_rules(self) -> tuple[Rule, ...]:
        """With its configuration."""
        return (*super().own_rules(), Rule(self._config.resolve(), READ))

    @property
    def _config(self) -> Path:
        return self.options.folder / "xorg.conf"


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


XDUMMY = Backend("xdummy", XORG, Xdummy, monitor="DUMMY0")
