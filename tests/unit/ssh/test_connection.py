"""What a host tells of its desktop, and what of that is believed."""

from __future__ import annotations

import io

import pytest

from desktopd.ssh.connection import ListeningPlace, _place


def test_the_place_is_found_among_what_a_profile_prints() -> None:
    told = "Welcome\ndesktopd-socket /run/d.sock\nhint\ndesktopd-address /run/d.sock/?token=x\n"
    assert _place(io.StringIO(told)) == ListeningPlace("/run/d.sock", "/?token=x")


@pytest.mark.parametrize("path", ["@elsewhere.example/", ".elsewhere.example/", ":80/", ""])
def test_a_host_sends_the_browser_nowhere_else(path: str) -> None:
    told = f"desktopd-socket /run/d.sock\ndesktopd-address /run/d.sock{path}\n"
    assert _place(io.StringIO(told)) is None
