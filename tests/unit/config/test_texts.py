"""A setting is text where it is written, told or given to a program; a path may be any bytes."""

import os
from pathlib import Path

import pytest

from desktopd.config import ConfigError, load

LATIN_1 = os.fsdecode("Zürich".encode("latin-1"))


@pytest.mark.parametrize(
    "name",
    [
        *("app", "app_open", "wm", "host", "banner", "results", "target_plugin"),
        *("unix_socket", "runtime_dir", "allowed_hosts"),
    ],
)
def test_what_is_no_text_is_refused_before_anything_starts(name: str) -> None:
    value = f"/{LATIN_1} {{path}} {LATIN_1}" if name != "results" else LATIN_1
    more = ["--target-source", "x"] if name == "target_plugin" else []
    with pytest.raises(ConfigError, match=rf"^{name}=.*\\udcfc.* is no UTF-8; write it in UTF-8"):
        load([f"--{name.replace('_', '-')}={value}", *more])


def test_nor_is_a_zero_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "settings").write_text('app = "xterm \\u0000"')
    with pytest.raises(ConfigError, match=r"^app=.*: has a zero byte"):
        load(["--config", str(tmp_path / "settings")])


def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKTOPD_TOKEN", f"{LATIN_1} and what follows")
    with pytest.raises(ConfigError, match=r"^token='…': character 2 is no UTF-8"):
        load([])


def test_the_folder_that_the_environment_names_is_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / LATIN_1
    place.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place))
    with pytest.raises(ConfigError, match=r"^runtime_dir=.*\\udcfc"):
        load([])


@pytest.mark.parametrize("name", ["files_root", "session_dir", "samples"])
def test_a_path_that_is_only_opened_may_be_any_bytes(tmp_path: Path, name: str) -> None:
    place = tmp_path / LATIN_1
    place.mkdir()
    settings = load([f"--{name.replace('_', '-')}={place}"]).settings
    assert getattr(settings, name) == place
