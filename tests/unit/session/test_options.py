"""What follows from the options of a session."""

from pathlib import Path

import pytest

from tests.session_options import session_options


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ([], "native"),
        (["--rfb", "x11vnc"], "x11vnc"),
        (["--rfb", "xvnc"], "xvnc"),
        (["--display", "xvnc"], "xvnc"),
        (["--display", "xvfb", "--rfb", "native"], "native"),
    ],
)
def test_the_rfb_server_follows_from_the_settings(
    folder: Path, arguments: list[str], path: str
) -> None:
    assert session_options(folder, *arguments).rfb == path


def test_the_files_of_a_session_are_in_its_folder(folder: Path) -> None:
    options = session_options(folder)
    assert {options.authority.parent, options.rfb_socket.parent, options.x_server.log.parent} == {
        folder
    }


def test_the_limit_of_resizes_is_the_x_servers(folder: Path) -> None:
    options = session_options(folder, "--size", "640x480", "--max-size", "800x600", "--dpi", "120")
    server = options.x_server
    assert (str(server.size), str(server.largest), server.dpi) == ("640x480", "800x600", 120)
