"""What jupyter-server-proxy is told of desktops with names."""

from __future__ import annotations

import pytest

from desktopd.integrations.jupyter import desktop, desktops


def test_options_come_before_what_jupyter_needs_and_keep_their_braces() -> None:
    made = desktops({"Fiji_2": ["--app=fiji", "--app-open=fiji {path}"]})["desktop-Fiji_2"]
    command = [part.format(unix_socket="/run/s") for part in made["command"]]
    at = command.index("--app=fiji")
    assert command[at : at + 3] == ["--app=fiji", "--app-open=fiji {path}", "--unix-socket=/run/s"]
    assert made["launcher_entry"]["title"] == "Desktop Fiji_2"
    assert desktop()["launcher_entry"]["title"] == "Desktop"


@pytest.mark.parametrize("name", ["", "a/b", "a b", "..", "ä", "n" * 33, "(.*)"])
def test_a_name_that_is_no_part_of_an_address_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="expected up to 32 letters"):
        desktops({name: []})
