"""Errors that name setting, value and remedy; what goes with what."""

import pytest

from desktopd.config import ConfigError, load
from desktopd.config.settings import SECRETS


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
        (["--display", "wayland"], "--display='wayland': Input should be 'auto', 'xvfb', "),
        (["--gpu", "cuda"], "--gpu='cuda': Input should be 'auto', 'nvidia', 'dri' or 'off'"),
        (["--wm", "xfce"], "wm=xfce is a desktop of many windows: set --no-kiosk too"),
        (["--tls", "self-signed", "--hsts", "9"], "hsts=9 with tls=self-signed: browsers would"),
        (["--tls", "self-signed", "--tls-cert", "a", "--tls-key", "b"], "with tls_cert=a: set one"),
        (["--lockdown", "--no-kiosk"], "lockdown with kiosk=false and wm=openbox: only a kiosk"),
        (["--lockdown", "--wm", "twm"], "lockdown with kiosk=true and wm=twm: only a kiosk"),
        (["--lockdown", "--files-root", ""], "lockdown without files_root: set the folder"),
        (["--base-url", "a b"], "--base-url='a b': expected a path"),
        (["--upload-limit", "lots"], "--upload-limit='lots': expected bytes, e.g. 500MB or 50GiB"),
        (["--free-space", "-5"], "--free-space='-5': expected bytes"),
        (["--files", "some"], "--files='some': Input should be 'both', 'upload', 'download' or"),
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
    ],
)
def test_a_port_for_vnc_viewers_that_cannot_be(argv: list[str], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(["--vnc-port", "5900", *argv])
    assert message in str(error.value)


def test_every_bad_value_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        load(["--size", "big", "--dpi", "7"])
    assert "--size" in str(error.value)
    assert "--dpi" in str(error.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"TOKEN": "short"}, "DESKTOPD_TOKEN='…': expected at least 16 characters"),
        ({"VNC_PASSWORD": "      "}, "DESKTOPD_VNC_PASSWORD='…': expected 6 to 8 ASCII characters"),
        ({"VNC_PASSWORD": "opensesame"}, "DESKTOPD_VNC_PASSWORD='…': expected 6 to 8 ASCII"),
        ({"VNC_PASSWORD": "ünïcode"}, "DESKTOPD_VNC_PASSWORD='…': expected 6 to 8 ASCII"),
        ({"VNC_VIEW_PASSWORD": "lookonly"}, "with vnc_view_password: set vnc_password too"),
        (
            {"VNC_PASSWORD": "opensesa", "VNC_VIEW_PASSWORD": "opensesa"},
            "vnc_password and vnc_view_password are the same; change one",
        ),
    ],
)
def test_a_secret_that_cannot_be_is_not_shown(
    given: dict[str, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"DESKTOPD_{name}", value)
    with pytest.raises(ConfigError) as error:
        load(["--vnc-port", "5900"])
    assert message in str(error.value)


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_taken_from_a_command_line(name: str) -> None:
    option, variable = f"--{name.replace('_', '-')}", f"DESKTOPD_{name.upper()}"
    with pytest.raises(ConfigError) as error:
        load([option, "opensesame"])
    told = str(error.value)
    assert told.startswith(f"{option}: everybody on this machine can read that with ps; set ")
    assert f"{variable}_FILE" in told
    assert "opensesame" not in told


def test_who_lets_everybody_in_says_under_which_names() -> None:
    with pytest.raises(ConfigError, match=r"auth=none: any page .* set allowed_hosts"):
        load(["--auth", "none"])
    assert load(["--auth", "none", "--allowed-hosts", "lab.example.org"]).settings.auth == "none"
    assert load(["--auth", "none", "--unix-socket", "/run/user/1/d.sock"]).settings.unix_socket
