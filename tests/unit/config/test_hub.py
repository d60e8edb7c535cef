"""Settings that come from a JupyterHub, by its own variables: `sources` and `machine`."""

import pytest

from desktopd import config
from tests.unit.integrations.hub_api import VARIABLES


def load(monkeypatch: pytest.MonkeyPatch, *argv: str, **more: str) -> config.Loaded:
    for name, value in (VARIABLES | {"DESKTOPD_PORT": "8888"} | more).items():
        monkeypatch.setenv(name, value)
    return config.load(["--auth", "jupyterhub", *argv])


def test_the_hub_tells_where_to_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, "--app", "xterm").settings
    assert (settings.host, settings.port) == ("0.0.0.0", 41234)
    assert settings.base_url == "/lab/user/ada/"
    assert load(monkeypatch, "--host", "127.0.0.1").settings.host == "127.0.0.1"


def test_a_port_that_another_user_had_is_another_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = load(monkeypatch).runtime_dir
    moved = {"JUPYTERHUB_SERVICE_URL": "http://0.0.0.0:49999/lab/user/ada/"}
    assert load(monkeypatch, **moved).runtime_dir == ada
    bob = {"JUPYTERHUB_SERVICE_PREFIX": "/lab/user/bob/"}
    assert load(monkeypatch, **bob).runtime_dir != ada


def test_the_application_does_not_see_the_hubs_token(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load(monkeypatch, JPY_API_TOKEN="0123456789abcdef")
    assert "0123456789abcdef" not in loaded.environment.values()
    assert loaded.hub["JUPYTERHUB_API_TOKEN"] == "0123456789abcdef"


@pytest.mark.parametrize("url", ["", "https://127.0.0.1:8000/", "http://h:port/", "unix:/tmp/s"])
def test_an_address_that_cannot_be_served_is_an_error(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with pytest.raises(config.ConfigError, match="JUPYTERHUB_SERVICE_URL"):
        load(monkeypatch, JUPYTERHUB_SERVICE_URL=url)
