"""The table of X servers, and what the settings say of it."""

from typing import get_args

import pytest

from desktopd.config import Settings
from desktopd.session.backends.table import AUTO, BACKENDS, wanted


def test_the_setting_has_the_names_of_the_table() -> None:
    names = get_args(Settings.model_fields["display"].annotation)
    assert sorted(names) == sorted(["auto", *BACKENDS])


def test_the_description_tells_what_auto_tries() -> None:
    first, *others = (backend.name for backend in AUTO)
    text = f"auto is {first}, or {', '.join(others)} where that fails"
    assert text in (Settings.model_fields["display"].description or "")


def test_a_monitor_belongs_to_one_server() -> None:
    assert len({backend.monitor for backend in BACKENDS.values()}) == len(BACKENDS)


@pytest.mark.parametrize(
    ("display", "rfb", "names"),
    [
        ("auto", "native", ["xdummy", "xvfb"]),
        ("auto", "x11vnc", ["xdummy", "xvfb"]),
        ("auto", "xvnc", ["xvnc"]),
        ("xvfb", "native", ["xvfb"]),
        ("xvnc", "auto", ["xvnc"]),
    ],
)
def test_the_settings_choose(display: str, rfb: str, names: list[str]) -> None:
    assert [backend.name for backend in wanted(display, rfb)] == names
