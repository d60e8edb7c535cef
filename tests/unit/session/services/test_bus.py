"""The session's D-Bus, with a real dbus-daemon."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from desktopd.session.services.bus import PROGRAM, _address, bus_socket
from tests.daemon import until

CALL = ("org.freedesktop.DBus", "/", "org.freedesktop.DBus.GetId")


NAMES = ("plain", "my desk", "a+b", "1:2,3;4=5", "öd", "50%25", "~#'\"\\*\n", os.fsdecode(b"\xff"))


@pytest.mark.parametrize("name", NAMES)
def test_a_bus_is_reached_whatever_its_folder_is_called(folder: Path, name: str) -> None:
    (place := folder / name).mkdir()
    address = _address(bus_socket(place))
    argv = [PROGRAM, "--session", "--nofork", "--nopidfile", "--nosyslog", f"--address={address}"]
    with subprocess.Popen(argv) as bus:
        until(lambda: _listens(bus_socket(place)), 30, "its socket")
        ask = ["dbus-send", f"--bus={address}", "--print-reply", f"--dest={CALL[0]}", *CALL[1:]]
        subprocess.run(ask, check=True, capture_output=True, timeout=20)
        bus.terminate()


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(bytes(path)) == 0
