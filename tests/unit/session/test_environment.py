"""What of the daemon's environment reaches the desktop."""

import os
import subprocess
import sys

import pytest

from desktopd.session.environment import DROPPED, NO_BUS, SET, desktop_environment, has_locale

OUTSIDE = {
    "DISPLAY": ":0",
    "WAYLAND_DISPLAY": "wayland-0",
    "QT_QPA_PLATFORM": "wayland",
    "GDK_BACKEND": "wayland",
    "SDL_VIDEODRIVER": "wayland",
    "MOZ_ENABLE_WAYLAND": "1",
    "LIBGL_ALWAYS_INDIRECT": "1",
    "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus",
    "XMODIFIERS": "@im=ibus",
    "QT_IM_MODULE": "ibus",
    "GTK_IM_MODULE": "ibus",
    "SESSION_MANAGER": "local/host:@/tmp/.ICE-unix/1",
    "XDG_SESSION_TYPE": "wayland",
    "XDG_SESSION_ID": "2",
    "QT_QPA_PLATFORM_PLUGIN_PATH": "/usr/lib/qt5/plugins/platforms",
    "GALLIUM_DRIVER": "d3d12",
    "MPLBACKEND": "Agg",
}


def test_nothing_of_another_desktop_is_left() -> None:
    left = desktop_environment({**OUTSIDE, "HOME": "/home/ada", "QT_SCALE_FACTOR": "2"})
    assert {name for name, value in OUTSIDE.items() if left.get(name) == value} == set()
    assert left["HOME"] == "/home/ada"
    assert left["QT_SCALE_FACTOR"] == "2"
    assert left["DBUS_SESSION_BUS_ADDRESS"] == NO_BUS


def test_a_name_is_dropped_or_set() -> None:
    assert DROPPED.isdisjoint(SET)


@pytest.mark.parametrize(
    ("said", "locale"),
    [
        ({}, "C.UTF-8"),
        ({"LANG": "C"}, "C.UTF-8"),
        ({"LANG": "C", "LC_ALL": "POSIX"}, "C.UTF-8"),
        ({"LANG": "xx_YY.UTF-8"}, "C.UTF-8"),
        ({"LANG": "C.UTF-8", "LC_ALL": "xx_YY.UTF-8"}, "C.UTF-8"),
        ({"LANG": "xx_YY.UTF-8", "LC_NUMERIC": "xx_YY.UTF-8"}, "C.UTF-8"),
        ({"LC_ALL": "C.UTF-8"}, "C.UTF-8"),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, "C.UTF-8"),
    ],
)
def test_a_program_finds_a_locale_that_works(said: dict[str, str], locale: str) -> None:
    environment = desktop_environment({"PATH": os.environ["PATH"], **said})
    code = "import locale; print(locale.setlocale(locale.LC_ALL, ''), locale.nl_langinfo(14))"
    run = [sys.executable, "-c", code]
    told = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout
    assert told.split()[-1] == "UTF-8"
    assert locale in told or "LC_CTYPE" in told


def test_a_locale_that_is_not_installed_is_known() -> None:
    assert has_locale("C.UTF-8")
    assert not has_locale("xx_YY.UTF-8")
