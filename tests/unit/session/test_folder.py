"""The runtime folder: one user's, one daemon's, short enough for sockets."""

import os
from pathlib import Path

import pytest

from desktopd.session.errors import SessionError
from desktopd.session.folder import SOCKET_PATH_LIMIT, claim, make_private, require_unmoved


def test_the_folder_is_for_its_user_alone(folder: Path) -> None:
    place = folder / "base" / "port-1"
    make_private(place)
    make_private(place)
    assert place.stat().st_mode & 0o777 == 0o700
    assert (place / "home").stat().st_mode & 0o777 == 0o700


def test_a_path_too_long_for_a_socket_is_told_by_how_much(folder: Path) -> None:
    room = SOCKET_PATH_LIMIT - len(os.fsencode(folder)) - len("//companion/sock")
    make_private(folder / ("a" * room))
    with pytest.raises(SessionError, match=r"too long for a unix socket by 3 bytes"):
        make_private(folder / ("a" * (room + 3)))


def test_a_folder_that_cannot_be_made_names_the_setting(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(SessionError, match=r"runtime_dir=.*: .*; set runtime_dir to a writable"):
        make_private(folder / "file" / "run")


def test_a_link_into_somebody_elses_folder_is_refused(folder: Path) -> None:
    (folder / "theirs").mkdir()
    (folder / "run").symlink_to(folder / "theirs")
    with pytest.raises(SessionError, match="set runtime_dir to a folder of your own"):
        make_private(folder / "run")


def test_nothing_is_made_behind_a_link_before_it_is_refused(folder: Path) -> None:
    (folder / "theirs").mkdir()
    (folder / "base").symlink_to(folder / "theirs")
    with pytest.raises(SessionError, match="base is a link; set runtime_dir to a folder of your"):
        make_private(folder / "base" / "port-1")
    assert not list((folder / "theirs").iterdir())


@pytest.mark.parametrize("place", ["run", "mine/run"])
def test_a_folder_that_everybody_may_move_away_is_refused(folder: Path, place: str) -> None:
    base = folder / "scratch"
    make_private(base / place)
    base.chmod(0o777)
    with pytest.raises(SessionError, match=rf"everybody may replace .* chmod \+t {base}, or set"):
        require_unmoved(base / place)
    base.chmod(0o1777)
    require_unmoved(base / place)


def test_so_is_one_behind_a_link(folder: Path) -> None:
    base = folder / "scratch"
    make_private(base / "mine" / "run")
    (folder / "link").symlink_to(base / "mine")
    require_unmoved(folder / "link" / "run")
    base.chmod(0o777)
    with pytest.raises(SessionError, match=rf"everybody may replace .* chmod \+t {base}, or set"):
        require_unmoved(folder / "link" / "run")


def test_a_folder_has_one_daemon_at_a_time(folder: Path) -> None:
    held = claim(folder)
    with pytest.raises(SessionError, match=f"used by the desktopd with pid {os.getpid()}; end it"):
        claim(folder)
    os.close(held)
    os.close(claim(folder))
