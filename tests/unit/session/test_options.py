"""What follows from the options of a session."""

from pathlib import Path

from tests.session_options import session_options


def test_the_files_of_a_session_are_in_its_folder(folder: Path) -> None:
    options = session_options(folder)
    assert {options.authority.parent, options.rfb_socket.parent, options.x_server.log.parent} == {
        folder
    }


def test_the_limit_of_resizes_is_the_x_servers(folder: Path) -> None:
    options = session_options(folder, "--size", "640x480", "--max-size", "800x600", "--dpi", "120")
    server = options.x_server
    assert (str(server.size), str(server.largest), server.dpi) == ("640x480", "800x600", 120)
