"""Paths that cannot be used: each an error of its setting, before anything starts."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from desktopd.config import ConfigError, load
from desktopd.config.settings import Settings
from tests.unit.config.files import write

PATHS = ("files_root", "session_dir", "samples", "audit_log", "runtime_dir", "unix_socket")


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("/tmp/a\\u0000b", "embedded null byte"),
        ("/" + "x" * 300, "File name too long"),
        ("/tmp/" + "x/" * 3000, "File name too long"),
        ("{loop}/a", "Too many levels of symbolic links"),
    ],
)
def test_a_path_that_none_can_be(tmp_path: Path, name: str, value: str, reason: str) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    file = write(tmp_path, f'{name} = "{value.format(loop=loop)}"')
    with pytest.raises(ConfigError, match=rf"^{name}='/.*': {reason}; name another path$"):
        load([f"--config={file}"])


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "no disk")])
def test_what_the_system_says_of_a_path(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    """As below a folder that nobody may enter, or on a disk that is away."""
    look = os.stat

    def stat(path: object, *args: object, **options: object) -> os.stat_result:
        if str(path) == "/data":
            raise error
        return look(path, *args, **options)

    monkeypatch.setattr(os, "stat", stat)
    expected = f"files_root='/data': {error.strerror}; name another path"
    with pytest.raises(ConfigError, match=re.escape(expected)):
        load(["--files-root=/data"])


def test_nothing_has_to_be_there_yet(tmp_path: Path) -> None:
    given = [f"--{name.replace('_', '-')}={tmp_path}/a/b" for name in PATHS if name != "samples"]
    assert load(given).settings.files_root == tmp_path / "a" / "b"


def test_each_path_of_a_setting_is_looked_at() -> None:
    paths = {n for n, field in Settings.model_fields.items() if "Path" in str(field.annotation)}
    assert paths >= {*PATHS, "tls_cert", "tls_key", "rfb_socket"}


@pytest.mark.parametrize("what", ["/dev/zero", "pipe"])
def test_a_file_of_settings_or_of_a_secret_has_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    place = Path(what)
    if what == "pipe":
        monkeypatch.setattr("desktopd.openers._WITHIN", 0.05)
        place = tmp_path / "pipe"
        os.mkfifo(place)
    with pytest.raises(ConfigError, match=f"{place}: .*; expected a readable TOML file"):
        load([f"--config={place}"])
    monkeypatch.setenv("DESKTOPD_TOKEN_FILE", str(place))
    with pytest.raises(ConfigError, match=f"DESKTOPD_TOKEN_FILE='{place}': .*readable file"):
        load([])
