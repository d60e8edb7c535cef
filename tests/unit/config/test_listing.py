"""The text of `desktopd config`."""

import pytest

from desktopd.config import Settings, describe, load


def test_each_setting_is_a_line_with_its_value_and_its_origin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DESKTOPD_ALLOW_ORIGIN", "https://a.example https://b.example")
    monkeypatch.setenv("DESKTOPD_VNC_PASSWORD", "opensesa")
    lines = describe(load(["--no-kiosk"])).splitlines()
    told = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines}
    assert [*told] == [*Settings.model_fields]
    assert told["port"].split() == ["8888", "default"]
    assert told["kiosk"].split() == ["false", "--kiosk"]
    assert told["allow_origin"].split() == [
        "https://a.example",
        "https://b.example",
        "DESKTOPD_ALLOW_ORIGIN",
    ]
    assert told["vnc_password"].split() == ["**********", "DESKTOPD_VNC_PASSWORD"]
    assert told["unix_socket"] == "default"
