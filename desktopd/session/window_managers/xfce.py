"""The Xfce desktop without its session manager: no log-out, no locker, no power management.

Its settings are xfconf channels in the session's folder. What the user changes is kept below
``$HOME/.config/desktopd``, apart from an Xfce that he may have on the machine's own screen.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shlex
from collections.abc import Mapping
from pathlib import Path

from desktopd.session.backends.table import BACKENDS
from desktopd.session.program import Program
from desktopd.session.window_managers.window_manager import WindowManager, WindowManagerOptions
from desktopd.session.window_managers.xfconf import Value, channel_xml
from desktopd.shell_command import parse_command, without_shell

# Red, green, blue, opacity: one plain colour, which costs the picture's encoder nothing.
COLOUR = (0.12, 0.16, 0.22, 1.0)
WALLPAPER: Mapping[str, Value] = {"image-style": 0, "color-style": 0, "rgba1": COLOUR}

XFCONF_SERVICE = Path("/usr/share/dbus-1/services/org.xfce.Xfconf.service")
XFCONFD = "/usr/lib/xfce4/xfconf/xfconfd"
DATA_FOLDERS, CONFIG_FOLDERS = "/usr/local/share:/usr/share", "/etc/xdg"
APPLICATION = "desktopd-application.desktop"

# A program of the desktop that dies is started again, and what the user has open goes on.
SCRIPT = """\
keep() {
    while :; do "$@"; sleep 0.5; done
}
keep xfsettingsd --sm-client-disable &
keep xfce4-panel --sm-client-disable &
keep xfdesktop --sm-client-disable &
keep xfwm4 --sm-client-disable
"""

CHANNELS: Mapping[str, Mapping[str, Value]] = {
    "xfwm4": {
        "/general/use_compositing": False,
        "/general/workspace_count": 1,
        "/general/theme": "Default",
    },
    "xsettings": {
        "/Net/ThemeName": "Adwaita",
        "/Net/IconThemeName": "Adwaita",
        "/Gtk/CursorThemeName": "Adwaita",
    },
    # The browser window decides on the size, and is asked about nothing.
    "displays": {"/Notify": 0, "/AutoEnableProfiles": 0},
    "xfce4-desktop": {
        "/desktop-icons/style": 0,
        **{
            f"/backdrop/screen0/monitor{backend.monitor}/workspace0/{key}": value
            for backend in BACKENDS.values()
            for key, value in WALLPAPER.items()
        },
    },
    "xfce4-panel": {
        "/configver": 2,
        "/panels": (1,),
        "/panels/dark-mode": True,
        "/panels/panel-1/position": "p=6;x=0;y=0",
        "/panels/panel-1/position-locked": True,
        "/panels/panel-1/length": 100,
        "/panels/panel-1/size": 30,
        "/panels/panel-1/plugin-ids": (1, 2, 3, 4, 5, 6, 7, 8, 9),
        "/plugins/plugin-1": "applicationsmenu",
        "/plugins/plugin-2": "launcher",
        "/plugins/plugin-2/items": (APPLICATION,),
        "/plugins/plugin-3": "launcher",
        "/plugins/plugin-3/items": ("xfce4-terminal.desktop",),
        "/plugins/plugin-4": "launcher",
        "/plugins/plugin-4/items": ("thunar.desktop",),
        "/plugins/plugin-5": "launcher",
        "/plugins/plugin-5/items": ("org.xfce.mousepad.desktop",),
        "/plugins/plugin-6": "tasklist",
        "/plugins/plugin-7": "separator",
        "/plugins/plugin-7/expand": True,
        "/plugins/plugin-7/style": 0,
        "/plugins/plugin-8": "systray",
        "/plugins/plugin-9": "clock",
    },
    # Only these: among the default ones are those that lock and log out.
    "xfce4-keyboard-shortcuts": {
        "/commands/custom/override": True,
        "/commands/custom/<Alt>F1": "xfce4-popup-applicationsmenu",
        "/commands/custom/<Primary><Alt>t": "xfce4-terminal",
        "/commands/custom/<Super>e": "thunar",
    },
    # For one that somebody starts by hand.
    "xfce4-screensaver": {"/saver/enabled": False, "/lock/enabled": False},
    "xfce4-power-manager": {
        "/xfce4-power-manager/dpms-enabled": False,
        "/xfce4-power-manager/blank-on-ac": 0,
        "/xfce4-power-manager/lock-screen-suspend-hibernate": False,
    },
}


def configure(options: WindowManagerOptions) -> tuple[str, ...]:
    """Write the desktop's files; returns the command line that starts it.

    Panel and menu offer to start the application, beside what is installed.
    """
    place, environment = options.folder / "xfce", options.environment
    channels = place / "xdg/xfce4/xfconf/xfce-perchannel-xml"
    applications, services = place / "share/applications", place / "share/dbus-1/services"
    for path in (channels, applications, services):
        path.mkdir(parents=True, exist_ok=True)
    for channel, properties in CHANNELS.items():
        (channels / f"{channel}.xml").write_text(channel_xml(channel, properties), "utf-8")
    (applications / APPLICATION).write_text(_application_entry(options.application), "utf-8")
    for hidden in ("xfce4-session-logout", "xflock4", "xfce4-screensaver"):
        (applications / f"{hidden}.desktop").write_text(_HIDDEN, "utf-8")
    (services / XFCONF_SERVICE.name).write_bytes(os.fsencode(_xfconf_service(place, environment)))
    script = place / "desktop.sh"
    script.write_text(SCRIPT, "utf-8")
    data = f"{place}/share:{environment.get('XDG_DATA_DIRS') or DATA_FOLDERS}"
    variables = (f"XDG_DATA_DIRS={data}", "XDG_CURRENT_DESKTOP=XFCE", "XDG_MENU_PREFIX=xfce-")
    name = _name_of_nobody(place, environment)
    return ("env", *variables, *name, "dbus-run-session", "--", "sh", str(script))


_HIDDEN = "[Desktop Entry]\nType=Application\nName=hidden\nHidden=true\n"


def _application_entry(command: str) -> str:
    """The application for panel and menu (Desktop Entry Specification)."""
    program = parse_command(command, {}).name
    # In a value a backslash is written twice, in Exec a percent sign too.
    escaped = without_shell(command).replace("\\", "\\\\").replace("%", "%%")
    return f"""\
[Desktop Entry]
Type=Application
Name={program}
Exec={escaped}
Icon=applications-science
Categories=Science;
"""


def _name_of_nobody(place: Path, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Variables that give a user without an account a name: D-Bus serves nobody else.

    Containers may run as any user id. nss_wrapper(1) answers in place of /etc/passwd.
    """
    with contextlib.suppress(KeyError):
        pwd.getpwuid(os.getuid())
        return ()
    passwd = place / "passwd"
    home = environment.get("HOME", os.sep)
    entry = f"user:x:{os.getuid()}:{os.getgid()}::{home}:/bin/sh\n"
    passwd.write_bytes(Path("/etc/passwd").read_bytes() + os.fsencode(entry))
    preload = " ".join(filter(None, ("libnss_wrapper.so", environment.get("LD_PRELOAD"))))
    return (
        f"LD_PRELOAD={preload}",
        f"NSS_WRAPPER_PASSWD={passwd}",
        "NSS_WRAPPER_GROUP=/etc/group",
    )


def _xfconf_service(place: Path, environment: Mapping[str, str]) -> str:
    """xfconfd, told where our settings are and where the user's changes go."""
    program = XFCONFD
    if XFCONF_SERVICE.exists():
        lines = XFCONF_SERVICE.read_text("utf-8", "surrogateescape").splitlines()
        program = next(line.partition("=")[2] for line in lines if line.startswith("Exec="))
    defaults = f"{place}/xdg:{environment.get('XDG_CONFIG_DIRS') or CONFIG_FOLDERS}"
    changes = Path(environment.get("HOME", os.sep)) / ".config" / "desktopd"
    words = ("/usr/bin/env", f"XDG_CONFIG_DIRS={defaults}", f"XDG_CONFIG_HOME={changes}", program)
    return f"[D-BUS Service]\nName=org.xfce.Xfconf\nExec={shlex.join(words)}\n"


XFCE = WindowManager(
    "xfce",
    # Most of them do not tell their version without a display.
    (
        Program(("dbus-run-session",), "dbus-daemon", version=()),
        Program(("xfwm4",), "xfwm4", version=()),
        Program(("xfce4-panel",), "xfce4-panel", version=()),
        Program(("xfdesktop",), "xfdesktop4", version=()),
        Program(("xfsettingsd",), "xfce4-settings", version=()),
    ),
    configure,
    kiosk=False,
)
