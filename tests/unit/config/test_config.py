"""Settings: layers, errors that name setting, value and remedy, secrets that stay secret."""

import os
import pwd
from pathlib import Path

import pytest

from desktopd.config import Command, ConfigError, Settings, describe, load, machine, sources
from desktopd.geometry import Size


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sources, "DEFAULT_FILE", tmp_path / "none.toml")
    for name in list(os.environ):
        if name.startswith("DESKTOPD_"):
            monkeypatch.delenv(name)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "desktopd.toml"
    path.write_text(text)
    return path


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


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--size", "big"], "--size='big': expected WIDTHxHEIGHT, e.g. 1600x900"),
        (["--size", "9999x9"], "--size='9999x9': each side must be 64 to 8192 pixels"),
        (["--app", " "], "--app=' ': expected a command"),
        (["--app-open", "fiji"], "--app-open='fiji': expected a command with {path} in it"),
        (["--app-open", "{path}"], "--app-open='{path}': expected a command with {path} in it"),
        (["--app-open", "fiji '{path}"], '--app-open="fiji \'{path}": No closing quotation'),
        (["--port", "http"], "--port='http': "),
        (["--display", "wayland"], "--display='wayland': "),
        (["--base-url", "a b"], "--base-url='a b': expected a path"),
        (["--token", "short"], "--token='…': expected at least 16 characters"),
        (["--tls-cert", "a.pem"], "tls_cert and tls_key go together"),
        (["--target-plugin", "TokenFile"], "target_plugin and target_source go together"),
        (["--display", "xvfb", "--rfb", "xvnc"], "rfb=xvnc does not go with display=xvfb"),
        (["--size", "4000x4000", "--max-size", "800x600"], "larger than max_size=800x600"),
    ],
)
def test_a_bad_value_names_setting_value_and_remedy(argv: list[str], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(argv)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--vnc-port", "http"], "--vnc-port='http': "),
        (["--vnc-port", "5900"], "set vnc_password, e.g. by DESKTOPD_VNC_PASSWORD_FILE (or auth"),
        (["--auth", "none", "--vnc-host", "0.0.0.0"], "vnc_host='0.0.0.0': set vnc_password"),
        (["--auth", "none", "--vnc-host", "::"], "vnc_host='::': set vnc_password"),
        (["--auth", "none", "--vnc-host", "a.example"], "vnc_host='a.example': set vnc_password"),
        (["--vnc-password", ""], "--vnc-password='…': expected 6 to 8 ASCII characters"),
        (["--vnc-password", "      "], "--vnc-password='…': expected 6 to 8 ASCII characters"),
        (["--vnc-password", "opensesame"], "--vnc-password='…': expected 6 to 8 ASCII"),
        (["--vnc-password", "ünïcode"], "--vnc-password='…': expected 6 to 8 ASCII"),
        (["--vnc-view-password", "lookonly"], "with vnc_view_password: set vnc_password too"),
        (
            ["--vnc-password", "opensesa", "--vnc-view-password", "opensesa"],
            "vnc_password and vnc_view_password are the same; change one",
        ),
    ],
)
def test_a_port_for_vnc_viewers_that_cannot_be(argv: list[str], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(["--vnc-port", "5900", *argv])
    assert message in str(error.value)


def test_a_port_for_vnc_viewers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load([]).settings.vnc_port is None
    assert load(["--auth", "none", "--vnc-port", "5900"]).settings.vnc_password is None
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


def test_another_process_gets_the_options_of_this_one(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    given = ["--no-kiosk", "--app", "start --stop", "--config", str(path), "--port=0", "start"]
    loaded = load(given)
    assert loaded.command is Command.START
    again = load(["run", *loaded.options])
    assert again.command is Command.RUN
    assert again.settings == loaded.settings
    assert again.options == loaded.options


def test_every_bad_value_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        load(["--size", "big", "--dpi", "7"])
    assert "--size" in str(error.value)
    assert "--dpi" in str(error.value)


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
    loaded = load(["--view-token", "look-but-do-not-touch"])
    assert loaded.settings.token is not None
    assert loaded.settings.token.get_secret_value() == "correct-horse-battery"
    shown = describe(loaded) + repr(loaded)
    assert "horse" not in shown
    assert "look-but" not in shown
    monkeypatch.setenv("DESKTOPD_TOKEN_FILE", str(tmp_path / "missing"))
    with pytest.raises(ConfigError, match="DESKTOPD_TOKEN_FILE="):
        load([])


def test_children_see_neither_settings_nor_the_outer_display(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESKTOPD_TOKEN", "correct-horse-battery")
    monkeypatch.setenv("SUPERVISOR_ENABLED", "1")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("HOME", "/proc/no-such-home")
    loaded = load([])
    names = set(loaded.environment)
    assert not {n for n in names if n.startswith(("DESKTOPD_", "SUPERVISOR_"))}
    assert "DISPLAY" not in names
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
    ("given", "path"), [("/", "/"), ("", "/"), ("a/b", "/a/b/"), ("//user//ada/", "/user/ada/")]
)
def test_base_url_is_a_path_that_ends_in_a_slash(given: str, path: str) -> None:
    assert load(["--base-url", given]).settings.base_url == path


def test_lists_are_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKTOPD_FRAME_ANCESTORS", "'self' https://course.example")
    assert load([]).settings.frame_ancestors == ("'self'", "https://course.example")


def test_restarting_the_application_follows_kiosk_unless_told() -> None:
    assert load([]).settings.restarts_application
    assert not load(["--no-kiosk"]).settings.restarts_application
    assert load(["--no-kiosk", "--restart-app"]).settings.restarts_application


def test_every_setting_has_a_description() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_readme_lists_every_setting_with_its_default() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, tuple):
            default = " ".join(default)
        shown = str(default).lower() if isinstance(default, bool) else str(default)
        cell = "" if field.default in (None, ()) else f"`{shown}`"
        assert f"| `{name}` | {cell} | {field.description} |" in readme


def test_the_readme_is_short_enough_to_be_read() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) <= 150
