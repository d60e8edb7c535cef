"""Files that others may change or read hold nothing that makes them the desktop's user."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktopd.config import ConfigError, load
from desktopd.config.own_files import PACKAGE


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("DESKTOPD_RUNTIME_DIR", str(tmp_path / "run"))
    return home


def refusal(*argv: str) -> str:
    with pytest.raises(ConfigError) as error:
        load(argv)
    return str(error.value)


def test_data_alone_may_be_had(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    assert load(["--lockdown", "--files-root", data]).settings.lockdown
    assert load(["--files-for-viewers", "--files-root", data]).settings.files_for_viewers
    assert load(["--files-root", str(tmp_path)]).settings.files_root == tmp_path


def test_under_lockdown_no_code_lies_among_the_files(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "desktopd's code" in refusal("--lockdown", "--files-root", str(PACKAGE.parent))
    monkeypatch.chdir(PACKAGE)
    assert "desktopd's code" in refusal("--lockdown")
    monkeypatch.chdir(tmp_path)
    assert f"HOME ({home})" in refusal("--lockdown", "--files-root", "home")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "data" / "venv"))
    assert "its Python" in refusal("--lockdown", "--files-root", "data")


def test_under_lockdown_nothing_that_is_put_back_lies_among_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    place = ("--lockdown", "--files-root", str(data))
    assert "session_dir" in refusal(*place, "--session-dir", str(data / "kept"))
    # A link is where it leads to.
    (tmp_path / "aside").symlink_to(data)
    assert "runtime_dir" in refusal(*place, "--runtime-dir", str(tmp_path / "aside" / "run"))


@pytest.mark.parametrize("name", ["PATH", "PYTHONPATH", "LD_LIBRARY_PATH"])
def test_under_lockdown_no_code_is_looked_for_among_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    data = tmp_path / "data"
    place = ("--lockdown", "--files-root", str(data))
    monkeypatch.chdir(data)
    with monkeypatch.context() as patch:
        # As Python has it where PYTHONPATH ends with a colon: the folder of the start.
        patch.setattr(sys, "path", [*sys.path, ""])
        assert f"a folder of sys.path ({data})" in refusal(*place)
    monkeypatch.setenv(name, f"/usr/bin:{data / 'bin'}")
    assert f"a folder of {name}" in refusal(*place)


def test_under_lockdown_no_settings_and_secrets_lie_among_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    place = ("--lockdown", "--files-root", str(data))
    for name in ("desktopd.toml", "token", "key.pem"):
        (data / name).write_text("# many more words\n")
    assert "desktopd.toml" in refusal(*place, "--config", str(data / "desktopd.toml"))
    monkeypatch.setenv("DESKTOPD_TOKEN_FILE", str(data / "token"))
    assert "a file of settings" in refusal(*place)


def test_who_watches_cannot_read_the_token(tmp_path: Path) -> None:
    place = ("--files-for-viewers", "--files-root", str(tmp_path))
    assert "has the token" in refusal(*place)
    assert "has the token" in refusal(*place, "--runtime-dir", str(tmp_path / "run"))
    assert load([*place, "--files", "off"]).settings.files == "off"


@pytest.mark.parametrize(
    ("variable", "option"),
    [
        ("DESKTOPD_TOKEN_FILE", ""),
        ("DESKTOPD_VIEW_TOKEN_FILE", ""),
        ("DESKTOPD_VNC_PASSWORD_FILE", ""),
        ("", "--config"),
        ("", "--tls-key"),
        ("", "--audit-log"),
        ("", "--session-dir"),
    ],
)
def test_who_watches_can_read_no_secret_and_no_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, option: str
) -> None:
    data, aside = tmp_path / "data", tmp_path / "aside"
    aside.mkdir()
    place = ["--files-for-viewers", "--files-root", str(data), "--runtime-dir", str(aside / "run")]
    if option == "--tls-key":
        (data / "cert.pem").touch()
        place += ["--tls-cert", str(data / "cert.pem")]
    secret = data / "secret"
    if option != "--session-dir":
        # A password of VNC has eight characters, a token more.
        secret.write_text("#secret" if "VNC" in variable else "#secret of many characters")
    if variable:
        monkeypatch.setenv(variable, str(secret))
    else:
        place += [option, str(secret)]
    told = refusal(*place)
    assert f"files_for_viewers with files_root={data}" in told
    assert str(secret) in told
    assert load([*place, "--files", "off"]).settings.files == "off"
    (tmp_path / "other").mkdir()
    assert load([*place, "--files-root", str(tmp_path / "other")]).settings.files_for_viewers
