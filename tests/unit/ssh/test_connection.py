"""What a host tells of its desktop, and what of that is believed."""

from __future__ import annotations

import io

import pytest

from desktopd.ssh.connection import ListeningPlace, _place

SOCKET = "/tmp/desktopd-ssh-1000/desktop.sock"


@pytest.mark.parametrize(
    "socket", [SOCKET, "/tmp/desktopd-ssh-0/a.b-c_1.sock", "/tmp/desktopd-ssh-1/zoë.sock"]
)
def test_the_place_is_found_among_what_a_profile_prints(socket: str) -> None:
    told = f"Welcome\ndesktopd-socket {socket}\nhint\ndesktopd-address {socket}/?token=x\n"
    assert _place(io.StringIO(told)) == ListeningPlace(socket, "/?token=x")


@pytest.mark.parametrize(
    "path", ["@elsewhere.example/", ".elsewhere.example/", ":80/", "", "/\33[2J", "/ö"]
)
def test_a_host_sends_the_browser_nowhere_else(path: str) -> None:
    told = f"desktopd-socket {SOCKET}\ndesktopd-address {SOCKET}{path}\n"
    assert _place(io.StringIO(told)) is None


@pytest.mark.parametrize(
    "socket",
    ["/tmp/desktopd-ssh-0/${SECRET}.sock", "/tmp/desktopd-ssh-0/%u.sock", "/run/d.sock", "host:80"],
)
def test_ssh_is_told_to_reach_nothing_but_a_socket_of_a_desktop(socket: str) -> None:
    told = f"desktopd-socket {socket}\ndesktopd-address {socket}/?token=x\n"
    assert _place(io.StringIO(told)) is None
