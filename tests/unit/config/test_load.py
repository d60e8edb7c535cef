"""All layers put together: which one wins, and what another process is told of them."""

from pathlib import Path

import pytest

from desktopd.config import Command, ConfigError, load
from desktopd.geometry import Size
from tests.unit.config.files import write


def test_defaults_show_napari_on_loopback() -> None:
    loaded = load([])
    assert loaded.command is Command.RUN
    assert loaded.settings.app == "napari"
    assert (loaded.settings.host, loaded.settings.port) == ("127.0.0.1", 8888)
    assert loaded.settings.size == Size(1600, 900)
    assert set(loaded.origins.values()) == {"default"}


def test_command_line_wins_over_environment_over_file_over_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, 'app = "a"\nport = 1001\nsize = "800x600"\nkiosk = false\n')
    monkeypatch.setenv("DESKTOPD_APP", "b")
    monkeypatch.setenv("DESKTOPD_PORT", "1002")
    loaded = load(["config", "--config", str(path), "--app", "c --flag"])
    assert loaded.command is Command.CONFIG
    assert loaded.settings.app == "c --flag"
    assert loaded.settings.port == 1002
    assert loaded.settings.size == Size(800, 600)
    assert loaded.settings.kiosk is False
    assert loaded.origins["app"] == "--app"
    assert loaded.origins["port"] == "DESKTOPD_PORT"
    assert loaded.origins["size"] == f"size in {path}"
    assert loaded.origins["wm"] == "default"


def test_a_working_folder_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()
    with pytest.raises(ConfigError, match=r"working folder: .*; go to another one"):
        load([])
