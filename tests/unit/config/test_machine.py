"""What depends on machine and user: runtime folders, the children's environment."""

import os
import pwd
from pathlib import Path

import pytest

from desktopd.config import load, machine, watchdog


def test_children_do_not_see_the_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESKTOPD_TOKEN", "correct-horse-battery")
    monkeypatch.setenv("SUPERVISOR_ENABLED", "1")
    monkeypatch.setenv("HOME", "/proc/no-such-home")
    loaded = load([])
    names = set(loaded.environment)
    assert not {n for n in names if n.startswith(("DESKTOPD_", "SUPERVISOR_"))}
    assert loaded.environment["HOME"] == str(loaded.runtime_dir / "home")


def test_each_listening_address_has_a_runtime_folder_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/proc/not-writable")
    folders = {
        load(argv).runtime_dir
        for argv in ([], ["--port", "9000"], ["--unix-socket", "/tmp/a"], ["--port", "0"])
    }
    assert len(folders) == 4
    assert all(str(folder).startswith("/tmp/desktopd-") for folder in folders)


@pytest.mark.parametrize(
    ("linger", "expected"), [(True, ["users/7", "/tmp"]), (False, ["/tmp", "users/7"])]
)
def test_a_folder_that_ends_with_the_login_holds_no_desktop(
    linger: bool, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, users = pwd.getpwuid(os.getuid()).pw_name, tmp_path / "users"
    (users / "7").mkdir(parents=True)
    monkeypatch.setattr(machine, "USER_FOLDERS", users)
    monkeypatch.setattr(machine, "LINGER", tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(users / "7"))
    if linger:
        (tmp_path / user).touch()
    loaded = load([])
    assert loaded.runtime_bases == tuple(
        tmp_path / base / f"desktopd-{os.getuid()}" for base in expected
    )
    assert loaded.runtime_dir == loaded.runtime_bases[0] / "port-8888"


def test_a_runtime_folder_of_ones_own_choice_is_the_only_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert load([]).runtime_bases == (tmp_path / f"desktopd-{os.getuid()}",)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, None),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "8000000"}, ("@x", 8.0)),
        (
            {"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "500000", "WATCHDOG_PID": "own"},
            ("/run/x", 0.5),
        ),
        ({"NOTIFY_SOCKET": "@x", "WATCHDOG_USEC": "8000000", "WATCHDOG_PID": "1"}, None),
        ({"NOTIFY_SOCKET": "@x"}, None),
        ({"WATCHDOG_USEC": "8000000"}, None),
    ],
)
def test_a_watchdog_is_the_one_that_waits_for_this_very_process(
    environment: dict[str, str], told: tuple[str, float] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, str(os.getpid()) if value == "own" else value)
    assert watchdog() == told
