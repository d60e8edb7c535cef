"""Layers below the command line: variables, files, secrets that stay secret."""

from pathlib import Path

import pytest

from desktopd.config import ConfigError, describe, load
from tests.unit.config.files import write


def test_a_port_for_vnc_viewers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load([]).settings.vnc_port is None
    assert (
        load(["--auth", "none", "--allowed-hosts", "a", "--vnc-port", "5900"]).settings.vnc_password
        is None
    )
    secret = tmp_path / "secret"
    secret.write_text("opensesa\n")
    monkeypatch.setenv("DESKTOPD_VNC_PASSWORD_FILE", str(secret))
    loaded = load(["--vnc-port", "5900", "--vnc-host", "0.0.0.0"])
    assert loaded.settings.vnc_password is not None
    assert loaded.settings.vnc_password.get_secret_value() == "opensesa"
    assert "opensesa" not in describe(loaded) + repr(loaded)
    secret.write_text("\n")
    with pytest.raises(ConfigError, match="the file is empty; put the secret into it"):
        load([])


def test_an_unknown_variable_is_an_error_with_a_suggestion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESKTOPD_SISE", "1x1")
    with pytest.raises(ConfigError, match="DESKTOPD_SISE; did you mean DESKTOPD_SIZE"):
        load([])


def test_the_variables_of_a_kubernetes_service_are_no_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "PORT": "tcp://10.0.0.7:80",
        "PORT_80_TCP": "tcp://10.0.0.7:80",
        "PORT_80_TCP_ADDR": "10.0.0.7",
        "SERVICE_HOST": "10.0.0.7",
        "SERVICE_PORT_HTTP": "80",
        "VNC_PORT": "tcp://10.0.0.8:5900",
        "VNC_SERVICE_HOST": "10.0.0.8",
    }.items():
        monkeypatch.setenv(f"DESKTOPD_{name}", value)
    assert load([]).settings.port == 8888
    assert load([]).settings.vnc_port is None


def test_an_unknown_key_or_a_broken_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown setting 'sizes'; did you mean size"):
        load(["--config", str(write(tmp_path, 'sizes = "1x1"'))])
    with pytest.raises(ConfigError, match="expected a readable TOML file"):
        load(["--config", str(write(tmp_path, "size = "))])
    with pytest.raises(ConfigError, match="no such settings file"):
        load(["--config", str(tmp_path / "missing.toml")])


def test_a_secret_comes_from_a_file_and_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("correct-horse-battery\n")
    monkeypatch.setenv("DESKTOPD_TOKEN_FILE", str(secret))
    monkeypatch.setenv("DESKTOPD_VIEW_TOKEN", "look-but-do-not-touch")
    loaded = load([])
    assert loaded.settings.token is not None
    assert loaded.settings.token.get_secret_value() == "correct-horse-battery"
    shown = describe(loaded) + repr(loaded)
    assert "horse" not in shown
    assert "look-but" not in shown
    monkeypatch.setenv("DESKTOPD_TOKEN_FILE", str(tmp_path / "missing"))
    with pytest.raises(ConfigError, match="DESKTOPD_TOKEN_FILE="):
        load([])
