"""Xfce's files; the desktop itself runs in tests/x11/test_xfce.py."""

import os
from pathlib import Path

import pytest

from desktopd.session.backends.table import BACKENDS
from desktopd.session.window_managers.window_manager import WindowManagerOptions
from desktopd.session.window_managers.xfce import configure


def configured(folder: Path, command: str = "napari", home: str = "") -> tuple[str, ...]:
    environment = {"HOME": home or str(folder)}
    return configure(WindowManagerOptions(folder, environment, False, command))


def test_the_background_is_that_of_each_x_server(folder: Path) -> None:
    configured(folder)
    (channel,) = folder.rglob("xfce4-desktop.xml")
    assert all(f'"monitor{b.monitor}"' in channel.read_text() for b in BACKENDS.values())


def test_the_menu_offers_the_application_whatever_its_command(folder: Path) -> None:
    configured(folder, r"/opt/a/gui --label '100 %' --path \tmp")
    (entry,) = folder.rglob("desktopd-application.desktop")
    lines = entry.read_text().splitlines()
    assert "Name=gui" in lines
    assert r"Exec=/opt/a/gui --label '100 %%' --path \\tmp" in lines


def test_log_out_and_lock_are_hidden(folder: Path) -> None:
    configured(folder)
    for name in ("xfce4-session-logout", "xflock4", "xfce4-screensaver"):
        (entry,) = folder.rglob(f"{name}.desktop")
        assert "Hidden=true" in entry.read_text()


def test_the_users_changes_are_kept_apart_from_our_files(folder: Path) -> None:
    configured(folder)
    (service,) = folder.rglob("org.xfce.Xfconf.service")
    assert f"XDG_CONFIG_HOME={folder}/.config/desktopd" in service.read_text()


def test_a_home_may_be_any_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", nobody)
    configured(folder, home=os.fsdecode(b"/home/\xe4"))
    (service,) = folder.rglob("org.xfce.Xfconf.service")
    (passwd,) = folder.rglob("passwd")
    for file in (service, passwd):
        assert b"/home/\xe4" in file.read_bytes()
